import { seededRandom } from '../seeded-random.js';

/** How much a session holds. */
export interface Shape {
  /** About so many bytes of JSON. */
  readonly size: number;
  /** In so many keys, beside the counter. */
  readonly keys: number;
}

export type Contents = { count: number } & Record<string, unknown>;

const NAMES = ['oak chair', 'desk lamp', 'wool rug', 'bookshelf', 'mirror', 'kettle', 'door mat', 'clock'];

/** What new sessions get, in a server process. */
export const fresh = { contents: contentsOf({ size: 200, keys: 2 }) };

/** What a session begins with: a counter, and lists as a shop keeps them. */
export function contentsOf({ size, keys }: Shape): Contents {
  const random = seededRandom(1);
  const lists = Array.from({ length: keys }, (): object[] => []);
  const contents: Contents = { count: 0 };
  for (const [index, list] of lists.entries()) contents[`list${index}`] = list;
  let left = size - JSON.stringify(contents).length;
  for (let index = 0; left > 0; index++) {
    const item = { id: Math.floor(random() * 1e6), name: NAMES[Math.floor(random() * NAMES.length)] };
    lists[index % keys]!.push(item);
    left -= JSON.stringify(item).length + 1;
  }
  return contents;
}
