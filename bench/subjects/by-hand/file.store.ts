import { readFile, rename, unlink, writeFile } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Places } from '../assembly.js';
import type { SessionStore } from './session-store.js';

// The functions of fs/promises take a third longer.
const read = promisify(readFile);
const write = promisify(writeFile);
const move = promisify(rename);
const remove = promisify(unlink);

/** Compares nothing: files cannot be compared and swapped without a lock, which nobody writes by hand. */
export function fileStore({ folder }: Places): SessionStore {
  let written = 0;
  const path = (key: string): string => join(folder, `by-hand-${key}`);
  const store = async (key: string, text: string): Promise<void> => {
    const whole = join(folder, `${process.pid}-${written++}.tmp`);
    await write(whole, text, { mode: 0o600 });
    await move(whole, path(key));
  };
  return {
    load: (key) => read(path(key), 'utf8').catch(() => undefined),
    create: store,
    replace: async (key, text) => {
      await store(key, text);
      return true;
    },
    delete: (key) => remove(path(key)),
  };
}
