import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateSessionTable1700000000000, SessionEntity } from 'nest-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { DatabaseEngine } from '../../src/engines/database/index.js';
import { createCodec } from '../../src/module/create-codec.js';
import { resolveOptions } from '../../src/module/resolve-options.js';
import { systemClock } from '../../src/session/clock.js';
import { SECRET } from '../support/applications.js';
import { databases } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { ROOT } from './pages.js';
import { playTranscripts } from './transcripts.js';

const LOADER = pathToFileURL(join(ROOT, 'test/support/ts-loader.mjs')).href;
const NPX = `#!/bin/sh
shift
exec "${process.execPath}" --import "${LOADER}" "${join(ROOT, 'src/cli.ts')}" "$@"
`;

await describeWith('postgres', 'The command', () => {
  let folder: string;
  let database: DataSource;

  /** The root module of an example, as an application that was built has it. */
  const build = (name: string, example: URL): Promise<void> =>
    writeFile(join(folder, 'dist', name), `export * from '${example.href}';\n`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
    database = await databases[0]!.open([SessionEntity], {
      synchronize: false,
      migrations: [CreateSessionTable1700000000000],
      migrationsRun: true,
    });
    await mkdir(join(folder, 'dist'));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/npx'), NPX);
    await chmod(join(folder, 'bin/npx'), 0o755);
    await build('app.module.js', new URL('../../docs/examples/configuration/production.module.ts', import.meta.url));
    await build(
      'getting-started.module.js',
      new URL('../../docs/examples/getting-started/postgres.module.ts', import.meta.url),
    );

    const store = new DatabaseEngine(database);
    const codec = createCodec(resolveOptions({ secret: SECRET }), systemClock);
    const data = codec.encode('{"userId": 7, "cart": ["pen"]}');
    await store.create('live0000', { data, expiresAt: new Date(Date.now() + 3_600_000) });
    for (const key of ['expired0', 'expired1', 'expired2'])
      await store.create(key, { data, expiresAt: new Date(Date.now() - 1000) });
  });
  afterAll(async () => {
    await database.destroy();
    await rm(folder, { recursive: true });
  });

  it('prints what its page shows', () =>
    playTranscripts('docs/command.md', {
      cwd: folder,
      environment: {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        DATABASE_URL: (database.options as { url: string }).url,
        SECRET_KEY: SECRET,
      },
    }));
});
