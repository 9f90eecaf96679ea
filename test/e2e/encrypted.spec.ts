import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { encrypted, type SessionModuleOptions, SessionModule, SessionService } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import { databases } from '../support/databases.js';
import { SECRET } from '../support/applications.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** A place for sessions, and a way to see and change what is in it behind the engine's back. */
interface Place {
  readonly options: Partial<SessionModuleOptions>;
  read(): Promise<string[]>;
  change(alter: (stored: string) => string): Promise<void>;
  close(): Promise<void>;
}

async function table(): Promise<Place> {
  const database = databases.find(({ name }) => name === 'SQLite')!;
  const dataSource = await database.open([SessionEntity]);
  const rows = dataSource.getRepository(SessionEntity);
  return {
    options: { engine: 'db', dataSource },
    read: async () => (await rows.find()).map(({ sessionData }) => sessionData),
    change: async (alter) => {
      for (const row of await rows.find()) await rows.save({ ...row, sessionData: alter(row.sessionData) });
    },
    close: () => dataSource.destroy(),
  };
}

async function folder(): Promise<Place> {
  const filePath = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  const files = async (): Promise<string[]> => (await readdir(filePath)).map((name) => join(filePath, name));
  const read = async (): Promise<string[]> => Promise.all((await files()).map((file) => readFile(file, 'utf8')));
  return {
    options: { engine: 'file', filePath },
    read,
    change: async (alter) => {
      for (const file of await files()) await writeFile(file, alter(await readFile(file, 'utf8')));
    },
    close: () => rm(filePath, { recursive: true }),
  };
}

async function cache(): Promise<Place> {
  const entries = new Map<string, string>();
  return {
    options: { engine: 'cache', cache: new Keyv({ store: entries }) },
    read: async () => [...entries.values()].map(String),
    change: async (alter) => {
      for (const [key, entry] of entries) entries.set(key, alter(entry));
    },
    close: async () => {},
  };
}

/** Too short to be compressed, which would hide it as well. */
const data = { userId: 4711, address: 'Kurfürstendamm 1', cart: ['article', 'article'] };
const HIDDEN = ['userId', '4711', 'Kurf', 'article'];
const KEY = 'the secret of the encryption';

/** All that base64 can be taken for, at any of its three offsets. */
function decodings(text: string): string[] {
  return (text.match(/[\w+/-]{8,}/g) ?? []).flatMap((part) =>
    [0, 1, 2, 3].map((offset) => Buffer.from(part.slice(offset), 'base64').toString('utf8')),
  );
}

describe.each([
  ['a table', table],
  ['a folder', folder],
  ['a cache', cache],
])('encrypted sessions in %s', (_, open) => {
  let place: Place;
  let logger: RecordingLogger;
  const applications: INestApplicationContext[] = [];

  beforeEach(async () => {
    place = await open();
    logger = new RecordingLogger();
  });
  afterEach(async () => {
    for (const application of applications.splice(0)) await application.close();
    await place.close();
  });

  async function sessionsWith(serializer: SessionModuleOptions['serializer']): Promise<SessionService> {
    const application = await Test.createTestingModule({
      imports: [SessionModule.forRoot({ secret: SECRET, serializer, ...place.options })],
    })
      .setLogger(logger)
      .compile();
    applications.push(application);
    return application.get(SessionService);
  }

  it('show nothing of their data, neither as it is nor decoded', async () => {
    const plain = await sessionsWith(undefined);
    await plain.create({ article: 'Kurf' });
    expect((await place.read()).flatMap(decodings).join()).toContain('Kurf');
    const [before] = await place.read();

    const sessions = await sessionsWith(encrypted({ secret: KEY }));
    const { key } = await sessions.create(data);
    const stored = (await place.read()).filter((text) => text !== before);
    expect(stored).toHaveLength(1);
    const once = stored.flatMap(decodings);
    for (const text of [...stored, ...once, ...once.flatMap(decodings)]) {
      for (const hidden of HIDDEN) expect(text).not.toContain(hidden);
    }
    expect((await sessions.find(key!))?.toJSON()).toEqual(data);
  });

  it('keep the changes of two at once', async () => {
    const one = await sessionsWith(encrypted({ secret: KEY }));
    const other = await sessionsWith(encrypted({ secret: KEY }));
    const { key } = await one.create({ count: 0 });
    const [first, second] = await Promise.all([one.find<{ count: number }>(key!), other.find<{ count: number }>(key!)]);
    first!.compute('count', (count = 0) => count + 1);
    second!.compute('count', (count = 0) => count + 1);
    await first!.save();
    await second!.save();
    expect((await one.find(key!))?.toJSON()).toEqual({ count: 2 });
  });

  it('are unknown under another secret, and stay as they are', async () => {
    const { key } = await (await sessionsWith(encrypted({ secret: KEY }))).create(data);
    const before = await place.read();
    for (const serializer of [encrypted({ secret: 'another' }), undefined]) {
      const sessions = await sessionsWith(serializer);
      expect(await sessions.find(key!)).toBeUndefined();
    }
    expect(logger.warnings.filter((line) => line.includes('treated as unknown'))).toHaveLength(2);
    expect(logger.warnings.join()).not.toMatch(/4711|the secret/);
    expect(await place.read()).toEqual(before);
    expect((await (await sessionsWith(encrypted({ secret: KEY }))).find(key!))?.toJSON()).toEqual(data);
  });

  it('are read under a former secret, and written under the present one', async () => {
    const { key } = await (await sessionsWith(encrypted({ secret: KEY }))).create<{ userId: number }>({ userId: 1 });
    const rotated = await sessionsWith(encrypted({ secret: 'new', secretFallbacks: [KEY] }));
    const session = await rotated.find<{ userId: number; seen: boolean }>(key!);
    session!.set('seen', true);
    await session!.save();
    const present = await sessionsWith(encrypted({ secret: 'new' }));
    expect((await present.find(key!))?.toJSON()).toEqual({ userId: 1, seen: true });
  });

  it('are unknown once a byte was changed', async () => {
    const sessions = await sessionsWith(encrypted({ secret: KEY }));
    const { key } = await sessions.create({ userId: 1 });
    await place.change((stored) => stored.replace(/(?<=[\w-]{30})[\w-]/, (letter) => (letter === 'A' ? 'B' : 'A')));
    expect(await sessions.find(key!)).toBeUndefined();
  });

  it('take the serializer of the application inside', async () => {
    const serializer = {
      dumps: (value: object) => `~${JSON.stringify(value)}`,
      loads: (text: string) => JSON.parse(text.slice(1)),
    };
    const sessions = await sessionsWith(encrypted({ secret: KEY, serializer }));
    const { key } = await sessions.create(data);
    expect((await sessions.find(key!))?.toJSON()).toEqual(data);
    expect(await (await sessionsWith(encrypted({ secret: KEY }))).find(key!)).toBeUndefined();
  });
});

describe('the serializer encrypted()', () => {
  const serializer = encrypted({ secret: KEY });

  it('opens neither what was altered nor what was made for a cookie', async () => {
    const { EncryptedCookieEngine } = await import('../../src/engines/cookie/index.js');
    const sealed = serializer.dumps({ a: 1 });
    expect(serializer.loads(sealed)).toEqual({ a: 1 });
    expect(serializer.dumps({ a: 1 })).not.toBe(sealed);
    for (const value of ['', '{"a":1}', `${sealed}A`, sealed.slice(0, -1), sealed.replace(/^A/, 'B')]) {
      expect(() => serializer.loads(value)).toThrow('does not open');
    }
    const cookie = new EncryptedCookieEngine({ secret: KEY, cookieName: 'sessionid' }).seal('{"a":1}');
    expect(() => serializer.loads(cookie)).toThrow('does not open');
  });

  it.each([{ secret: '' }, { secret: KEY, secretFallbacks: [''] }])('refuses an empty secret', (options) => {
    expect(() => encrypted(options)).toThrow('empty');
  });
});
