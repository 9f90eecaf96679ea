import { chmodSync, chownSync, readdirSync } from 'node:fs';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { TestClock } from '../support/test-clock.js';

/** Tries every method on a disk that is too small, or in a folder that nobody may write to, and prints what came of it. */
const [outage = '', folder = '', key = '', otherKey = ''] = process.argv.slice(2);
const NOBODY = 65_534;

const clock = new TestClock();
const engine = new FileEngine({ folder, cookieAge: 3600, clock });
const session = (data: string) => ({ data, expiresAt: new Date(clock.now() + 60_000) });
const small = session('small');
const big = session('x'.repeat(2_000_000));

async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => value ?? 'nothing',
    (error: Error) => ({
      name: error.name,
      message: error.message,
      stack: error.stack,
      code: 'code' in error && error.code,
    }),
  );
}

async function tryAll(next: typeof small): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  outcomes['open'] = await outcome(engine.open());
  outcomes['load'] = await outcome(engine.load(key).then((loaded) => loaded?.data));
  outcomes['create'] = await outcome(engine.create(otherKey, next));
  outcomes['replace'] = await outcome(engine.replace(key, next, small));
  outcomes['touch'] = await outcome(engine.touch(key, new Date(clock.now() + 120_000)));
  outcomes['data afterwards'] = await outcome(engine.load(key).then((loaded) => loaded?.data));
  outcomes['files afterwards'] = readdirSync(folder).length;
  outcomes['delete'] = await outcome(engine.delete(key));
  clock.advance(3600);
  outcomes['deleteExpired'] = await outcome(engine.deleteExpired(10));
  return outcomes;
}

if (outage === 'read-only') {
  // The superuser may write anywhere, so this becomes somebody else.
  if (process.getuid?.() === 0) {
    chownSync(folder, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
  }
  await engine.create(key, small);
  chmodSync(folder, 0o500);
  console.log(JSON.stringify(await tryAll(session('next'))));
  chmodSync(folder, 0o700);
} else {
  await engine.create(key, small);
  console.log(JSON.stringify(await tryAll(big)));
}
