import { describeSessionEngine, sessionEngineChecks } from '../../src/engines/conformance/describe-session-engine.js';
import { Stage } from '../../src/engines/conformance/stage.js';
import { MemoryEngine, type SessionEngineCapabilities } from '../../src/testing.js';
import { brokenEngines } from '../support/broken-engines.js';

const checks = Object.values(sessionEngineChecks).flat();
const everything: SessionEngineCapabilities = { breakStore: async () => async () => {}, listsByUser: true };

function checkNamed(name: string) {
  const check = checks.find((candidate) => candidate.name === name);
  if (!check) throw new Error(`There is no check "${name}".`);
  return check;
}

/** The names of the tests that a runner would be given. */
function registered(capabilities?: SessionEngineCapabilities): string[] {
  const names: string[] = [];
  const runner = { describe: (_: string, body: () => void) => body(), it: (name: string) => names.push(name) };
  withGlobals(runner, () => describeSessionEngine('engine', () => new MemoryEngine(), capabilities));
  return names;
}

function withGlobals(globals: object, work: () => void): void {
  const { describe, it } = globalThis;
  Object.assign(globalThis, globals);
  try {
    work();
  } finally {
    Object.assign(globalThis, { describe, it });
  }
}

describe('describeSessionEngine', () => {
  it.each(brokenEngines.map(([Engine, check]) => [Engine.name, check, Engine] as const))(
    'refuses the engine %s, because: %s',
    async (_, name, Engine) => {
      await expect(Stage.run(checkNamed(name), (context) => new Engine(context), everything)).rejects.toThrow();
    },
  );

  it.each(sessionEngineChecks['reports outages']!.map((check) => [check.name, check] as const))(
    'refuses an engine that hides outages, because: %s',
    async (_, check) => {
      await expect(Stage.run(check, (context) => new MemoryEngine(context), everything)).rejects.toThrow();
    },
  );

  it('opens each engine before its test and closes it afterwards, also when the test fails', async () => {
    const calls: string[] = [];
    const engine = Object.assign(new MemoryEngine(), {
      open: async () => void calls.push('open'),
      close: async () => void calls.push('close'),
    });
    const run = async () => {
      calls.push('run');
      throw new Error('wrong');
    };
    await expect(Stage.run({ name: 'fails', run }, () => engine)).rejects.toThrow('wrong');
    expect(calls).toEqual(['open', 'run', 'close']);
  });

  it('registers a test for each check, under a name of its own', () => {
    const names = registered(everything);
    expect(names).toHaveLength(checks.length);
    expect(new Set(names).size).toBe(checks.length);
  });

  it('leaves out what an engine cannot do, and nothing else', () => {
    const all = registered(everything);
    const missing = (capabilities: SessionEngineCapabilities) => {
      const names = registered({ ...everything, ...capabilities });
      return all.filter((name) => !names.includes(name));
    };
    expect(missing({ breakStore: undefined })).toEqual(all.filter((name) => name.includes('while the store is down')));
    expect(missing({ deleteExpired: false })).toEqual(
      all.filter((name) => name.includes('deleteExpired') && !/nothing else$|says 0/.test(name)),
    );
    const ofUsers = sessionEngineChecks['lists the sessions of a user']!.map(({ name }) => name);
    expect(missing({ listsByUser: false })).toEqual(
      all.filter((name) => ofUsers.includes(name) || name.startsWith('listByUser')),
    );
    expect(missing({ clock: false })).toHaveLength(5);
  });

  it('says what is missing when no runner put describe and it into the globals', () => {
    withGlobals({ describe: undefined, it: undefined }, () => {
      expect(() => describeSessionEngine('engine', () => new MemoryEngine())).toThrow(
        'describeSessionEngine needs a global describe and it',
      );
    });
  });
});
