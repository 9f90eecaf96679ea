import type { Scenario } from '../measure/contestant.js';
import type { Work } from '../subjects/catalogue.js';

/** The same work again and again, with more and more of one thing. */
export interface Curve {
  readonly name: string;
  /** What grows. */
  readonly axis: string;
  readonly values: readonly number[];
  readonly works: readonly Work[];
  readonly subjects: readonly string[];
  /** Where that much of it is. */
  at(value: number): Partial<Scenario> & { readonly rows?: number; readonly processes?: number };
}

const BY_HAND = ['by-hand/redis', 'by-hand/postgres', 'by-hand/file'];
const OWN = ['nest-sessions/redis', 'nest-sessions/postgres', 'nest-sessions/file'];
const PEERS = ['express-session/redis', 'express-session/postgres', 'express-session/file'];
const EVERYBODY = [...BY_HAND, ...OWN, ...PEERS];

const SIZE_FOR_KEYS = 64_000;

export const CURVES: readonly Curve[] = [
  {
    name: 'size',
    axis: 'bytes of JSON in a session',
    values: [200, 1000, 4000, 16_000, 64_000, 250_000, 1_000_000],
    works: ['read', 'write'],
    subjects: EVERYBODY,
    // Few at a time, because the greatest keep a server busy for so long that others would wait for seconds.
    at: (size) => ({ size, connections: 4 }),
  },
  {
    name: 'keys',
    axis: `keys in a session of ${SIZE_FOR_KEYS} bytes`,
    values: [1, 10, 100, 1000],
    works: ['read', 'write'],
    subjects: EVERYBODY,
    at: (keys) => ({ keys, size: SIZE_FOR_KEYS }),
  },
  {
    name: 'writers',
    axis: 'requests at a time that change one session',
    values: [1, 2, 4, 8, 16, 32, 64],
    works: ['write'],
    subjects: [...OWN, ...PEERS],
    at: (connections) => ({ connections, isShared: true }),
  },
  {
    name: 'writers-of-two-processes',
    axis: 'requests at a time that change one session, half of them in each of two processes',
    values: [2, 4, 8, 16, 32, 64],
    works: ['write'],
    subjects: [...OWN, ...PEERS],
    at: (connections) => ({ connections, isShared: true, processes: 2 }),
  },
  {
    name: 'processes',
    axis: 'processes of the application',
    values: [1, 2],
    works: ['read', 'write'],
    subjects: EVERYBODY,
    at: (processes) => ({ processes }),
  },
  {
    // The last, because the stores stay full.
    name: 'sessions',
    axis: 'sessions in the store',
    values: [1000, 10_000, 100_000, 1_000_000],
    works: ['read', 'write'],
    subjects: ['by-hand/sqlite', 'nest-sessions/sqlite', ...EVERYBODY],
    at: (rows) => ({ rows }),
  },
];
