import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** Does one thing to a session of ann's, and dies right before or right after the session file is touched. */
const [folder = '', key = '', operation = '', moment = ''] = process.argv.slice(2);
const path = join(folder, `sessionid${key}`);

const die = (): void => void process.kill(process.pid, 'SIGKILL');
const deadly =
  (touch: (...parameters: never[]) => void) =>
  (...parameters: unknown[]): void => {
    if (!parameters.includes(path)) return touch(...(parameters as never[]));
    if (moment === 'before') return die();
    touch(...([...parameters.slice(0, -1), die] as never[]));
  };
Object.assign(fs, { link: deadly(fs.link), rename: deadly(fs.rename), unlink: deadly(fs.unlink) });
syncBuiltinESMExports();

const { FileEngine } = await import('../../src/engines/file/file.engine.js');
const engine = new FileEngine({ folder, cookieAge: 3600 });
const next = { data: 'of ann', expiresAt: new Date(Date.now() + 3_600_000), user: 'ann00000' };
if (operation === 'create') await engine.create(key, next);
if (operation === 'replace') await engine.replace(key, next, (await engine.load(key))!);
if (operation === 'delete') await engine.delete(key);
