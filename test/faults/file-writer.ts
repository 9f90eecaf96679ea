import { writeSync } from 'node:fs';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { countIn, dataWith } from './counted-data.js';

/**
 * Counts up random ones of the sessions, as often as told, and prints the key of each once that is stored. Ends with exit
 * code 3 when a session is gone.
 */
const [folder = '', times = '', ...keys] = process.argv.slice(2);
const engine = new FileEngine({ folder, cookieAge: 3600 });

async function countUp(key: string): Promise<void> {
  for (;;) {
    const current = await engine.load(key);
    if (!current) process.exit(3);
    const next = { data: dataWith(countIn(current.data) + 1), expiresAt: current.expiresAt };
    if ((await engine.replace(key, next, current)) === 'replaced') return;
  }
}

for (let time = 0; time < Number(times); time++) {
  const key = keys[Math.floor(Math.random() * keys.length)] ?? '';
  await countUp(key);
  // At once and not through a buffer, which would die with the process.
  writeSync(1, `${key}\n`);
}
