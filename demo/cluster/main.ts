// Copies of the sample application behind a round-robin proxy, driven by visitors, while copies are killed and the store
// has its misfortunes. From the root of the repository:
//
//   npm run demo:cluster [-- postgres|redis|redis-cluster|redis-cluster-crash … --seconds 30 --copies 3 --visitors 12]
//
// Ends with 1 when a confirmed change was lost, or a session was seen again after its logout. Where primaries of a cluster
// crash that is what Redis itself does, and only shown.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Copy } from './copy.js';
import { RoundRobinProxy } from './proxy.js';
import { type Misfortune, type Scene, scenes } from './scenes.js';
import { Tally } from './tally.js';
import { Visitor } from './visitor.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '30' },
    copies: { type: 'string', default: '3' },
    visitors: { type: 'string', default: '12' },
  },
});
const [seconds, copies, visitors] = [values.seconds, values.copies, values.visitors].map(Number) as [
  number,
  number,
  number,
];
const SECRET_KEY = 'shared by all copies, and by nobody else';
/** Seconds between two misfortunes. */
const PAUSE = 2;

const chosen = positionals.length > 0 ? positionals : Object.keys(scenes);
for (const name of chosen) {
  const scene = scenes[name];
  if (!scene) throw new Error(`There is no scene "${name}". Choose ${Object.keys(scenes).join(', ')}.`);
  if (!(await play(scene))) process.exitCode = 1;
}

async function play(scene: Scene): Promise<boolean> {
  const stage = await scene.start();
  const running = Array.from({ length: copies }, () => new Copy({ ...stage.environment, SECRET_KEY }));
  const proxy = new RoundRobinProxy(running);
  const tally = new Tally();
  try {
    // One after the other: the first makes the tables.
    for (const copy of running) await copy.start();
    const origin = await proxy.start();
    console.log(`${copies} copies on ${scene.name}: ${visitors} visitors for ${seconds} seconds`);
    const end = Date.now() + seconds * 1000;
    const isOver = (): boolean => Date.now() >= end;
    const misfortunes = [crash(running), ...(stage.misfortune ? [stage.misfortune] : [])];
    const told = misfortunes.map((misfortune) => befall(misfortune, isOver));
    const visits = Array.from({ length: visitors }, (_, index) => new Visitor(`visitor ${index}`, origin, tally));
    await Promise.all(visits.map((visitor) => visitor.visitUntil(isOver)));
    for (const line of await Promise.all(told)) console.log(`  ${line}`);
    console.log(tally.describe());
    return (tally.isClean || scene.mayForget === true) && tally.sessions > 0;
  } finally {
    proxy.close();
    await Promise.all(running.map((copy) => copy.kill()));
    await stage.close();
  }
}

/** Each copy in turn, so that there are always others. */
function crash(running: readonly Copy[]): Misfortune {
  let turn = 0;
  const befall = async (): Promise<void> => {
    const copy = running[turn++ % running.length]!;
    await copy.kill();
    await copy.start();
  };
  return { name: 'a copy is killed and started again', befall };
}

async function befall(misfortune: Misfortune, isOver: () => boolean): Promise<string> {
  for (let times = 0; ; times++) {
    await pause(PAUSE * 1000);
    if (isOver()) return `${misfortune.name}: ${times} times`;
    await misfortune.befall();
  }
}
