import { fileURLToPath } from 'node:url';
import { commandResult } from '../../support/run-command.js';
import { store, trace } from './fixtures/store.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

async function storeExpired(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await store.create(`expired${index}`, { data: 'x', expiresAt: new Date(Date.now() - 1000) });
  }
}

beforeEach(() => {
  store.clear();
  trace.splice(0);
});

describe('nest-sessions clear-expired', () => {
  it('deletes expired sessions, says how many, and closes the application', async () => {
    await storeExpired(3);
    await store.create('liveandwell', { data: 'x', expiresAt: new Date(Date.now() + 60_000) });
    const result = await commandResult(['clear-expired', fixture('app.module.ts')]);
    expect(result).toEqual({ code: 0, output: '3 expired sessions deleted\n', errors: '' });
    expect(store.size).toBe(1);
    expect(trace).toEqual(['closed']);
  });

  it('speaks of one session as of one', async () => {
    await storeExpired(1);
    const { output } = await commandResult(['clear-expired', fixture('app.module.ts')]);
    expect(output).toBe('1 expired session deleted\n');
  });

  it.each([
    ['a promise of a module', ['app.module.ts', '--export', 'made']],
    ['a default export', ['default.ts']],
  ])('takes %s', async (_, [file, ...options]) => {
    await storeExpired(2);
    expect(await commandResult(['clear-expired', fixture(file!), ...options])).toMatchObject({
      code: 0,
      output: '2 expired sessions deleted\n',
    });
  });

  it.each<[string, string[], string]>([
    ['a missing file', ['none.module.js'], 'There is no file'],
    ['a file that throws', ['broken.module.ts'], 'cannot be imported: DATABASE_URL is missing'],
    ['a file without a module', ['store.ts'], 'It exports store, trace.'],
    ['several modules', ['several.module.ts'], '--export CartModule or UserModule'],
    ['a name that is not exported', ['app.module.ts', '--export', 'Cart'], 'no module "Cart". It exports AppModule'],
    ['an export that is no module', ['app.module.ts', '--export', 'number'], 'no module "number"'],
    ['an application without SessionModule', ['app.module.ts', '--export', 'OtherModule'], 'has no SessionModule'],
    ['wrong options', ['unstartable.module.ts'], '"cookieAge" of SessionModule is -1'],
  ])('says what is wrong with %s', async (_, [file, ...options], message) => {
    const result = await commandResult(['clear-expired', fixture(file!), ...options]);
    expect(result).toEqual({ code: 1, output: '', errors: expect.stringContaining(message) });
    expect(result.errors).toMatch(/^nest-sessions: /);
    expect(result.errors).not.toContain('hidden-from-all-messages');
  });

  it('says when the store fails, and closes the application', async () => {
    const down = async (): Promise<number> => {
      throw new Error('connection refused');
    };
    const { deleteExpired } = store;
    store.deleteExpired = down;
    const result = await commandResult(['clear-expired', fixture('app.module.ts')]);
    store.deleteExpired = deleteExpired;
    expect(result).toMatchObject({ code: 1, errors: expect.stringContaining('connection refused') });
    expect(trace).toEqual(['closed']);
  });
});

describe('nest-sessions check', () => {
  const check = (...args: string[]): ReturnType<typeof commandResult> =>
    commandResult(['check', fixture('app.module.ts'), ...args]);

  it('says what it finds, one line each, and fails', async () => {
    const { code, output, errors } = await check();
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/^- cookieSecure is 'auto'/),
      expect.stringMatching(/^- cookieHttpOnly is false.* Set it to true\.$/),
      expect.stringMatching(/^- cookieName /),
      expect.stringMatching(/^- absoluteAge is missing/),
      '4 found.',
      '',
    ]);
    expect({ code, errors }).toEqual({ code: 1, errors: '' });
    expect(trace).toEqual(['closed']);
  });

  it('finds nothing in safe settings', async () => {
    expect(await check('--export', 'Safe')).toEqual({ code: 0, output: 'Nothing found.\n', errors: '' });
  });

  it('leaves out what is silenced, and says so', async () => {
    const silenced = ['cookieSecure', 'cookieHttpOnly', 'cookieName', 'absoluteAge'].flatMap((option) => [
      '--silence',
      option,
    ]);
    expect(await check(...silenced)).toMatchObject({ code: 0, output: 'Nothing found, 4 silenced.\n' });
    expect(await check(...silenced.slice(2))).toMatchObject({
      code: 1,
      output: expect.stringMatching(/\n1 found, 3 silenced\.\n$/),
    });
  });

  it('says it once, though the log of the application would say it too', async () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    const { errors } = await check();
    const cleared = await commandResult(['clear-expired', fixture('app.module.ts')]);
    process.env.NODE_ENV = NODE_ENV;
    expect([errors, cleared.errors]).toEqual(['', '']);
  });

  it('says that a secret is refused, as the application itself would', async () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    const result = await commandResult(['check', fixture('weak.module.ts')]);
    process.env.NODE_ENV = NODE_ENV;
    expect(result).toMatchObject({ code: 1, errors: expect.stringContaining('"secret" of SessionModule is one that') });
    expect(result.errors).not.toContain('keyboard');
  });
});

describe('nest-sessions', () => {
  it.each([['--help'], ['-h'], ['help']])('lists its commands for %s', async (argument) => {
    const { code, output } = await commandResult([argument]);
    expect(code).toBe(0);
    for (const name of ['clear-expired', 'check', 'decode']) expect(output).toContain(`\n  ${name} `);
  });

  it.each(['clear-expired', 'check', 'decode'])('says more of %s', async (name) => {
    const { code, output, errors } = await commandResult([name, '--help']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain(`Usage: nest-sessions ${name} `);
    for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['an unknown command', ['clear']],
    ['a property of every object', ['constructor']],
    ['an unknown option', ['check', '--all']],
    ['an option without its value', ['clear-expired', 'app.js', '--export']],
    ['no file', ['clear-expired']],
    ['two files', ['check', 'a.js', 'b.js']],
  ])('answers %s with the way to call it', async (_, args) => {
    const { code, output, errors } = await commandResult(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(/^nest-sessions: .*(Usage:|--help|Name one file)/s);
  });
});
