import { parseArgs } from 'node:util';
import { type Adapter, ADAPTERS, STORES, type Subject, SUBJECTS, type Work, WORKS } from './subjects/catalogue.js';

export const PARTS = ['compare', 'costs', 'profiles', 'growth', 'pruning', 'report'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly parts: readonly Part[];
  /** Everything in three minutes: only what the targets are about. */
  readonly quick: boolean;
  /** Undefined stands for what the plan of the part says, here and below. */
  readonly subjects: readonly Subject[];
  readonly works: readonly Work[];
  readonly adapters: readonly Adapter[];
  readonly connections?: readonly number[];
  readonly sizes?: readonly number[];
  readonly casts?: number;
  readonly rounds?: number;
  readonly seconds?: number;
  /** Sessions of other users in the stores. */
  readonly rows?: number;
  readonly seed: number;
}

export const USAGE = `
npm run bench -- [part …] [option …]

Parts, in any number; without any, compare and costs:
  compare   every subject at every work: throughput, CPU time and allocations per request
  costs     store round trips per request, time to start, time to import
  profiles  which part of a request takes how much of its time, by CPU profiles
  growth    cost per request as sessions, stores, writers and processes grow
  pruning   what deleting expired sessions costs the requests that are served meanwhile, on PostgreSQL and MariaDB
  report    docs/performance.md, its charts and bench/tables, from the results of the other parts

Options; lists are separated by commas:
  --quick                 in three minutes, only what the targets are about
  --subjects list         those whose name contains one of these, e.g. nest-sessions,by-hand/redis
  --engine list           ${STORES.join(', ')}
  --work list             ${WORKS.join(', ')}
  --adapter list          ${ADAPTERS.join(', ')}
  --connections list      e.g. 1,16,64
  --size list             bytes of JSON in a session, e.g. 200,4096,65536
  --casts number          how often each subject is started anew
  --rounds number         how often each process takes its turn
  --seconds number        how long a turn lasts
  --rows number           sessions of other users in the stores
  --seed number           decides the order of turns
`;

/** @throws with what is wrong */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      subjects: { type: 'string' },
      engine: { type: 'string' },
      work: { type: 'string' },
      adapter: { type: 'string' },
      connections: { type: 'string' },
      size: { type: 'string' },
      casts: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      rows: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const names = values.subjects?.split(',') ?? [''];
  const stores = oneOf('engine', STORES, values.engine);
  return {
    parts: positionals.length > 0 ? oneOf('part', PARTS, positionals.join(',')) : ['compare', 'costs'],
    quick: values.quick,
    subjects: SUBJECTS.filter(
      ({ id, store }) => stores.some((name) => name === store) && names.some((name) => id.includes(name)),
    ),
    works: oneOf('work', WORKS, values.work),
    adapters: oneOf('adapter', ADAPTERS, values.adapter),
    connections: numbers('connections', values.connections),
    sizes: numbers('size', values.size),
    casts: numbers('casts', values.casts)?.[0],
    rounds: numbers('rounds', values.rounds)?.[0],
    seconds: numbers('seconds', values.seconds)?.[0],
    rows: numbers('rows', values.rows)?.[0],
    seed: numbers('seed', values.seed)?.[0] ?? Date.now() % 1e6,
  };
}

function oneOf<T extends string>(name: string, known: readonly T[], list: string | undefined): readonly T[] {
  const named = list?.split(',') ?? known;
  for (const item of named) {
    if (!known.includes(item as T)) throw new Error(`There is no ${name} ${item}, only ${known.join(', ')}.`);
  }
  return known.filter((item) => named.includes(item));
}

function numbers(name: string, list: string | undefined): readonly number[] | undefined {
  const found = list?.split(',').map(Number);
  if (found?.some((number) => !(number > 0))) throw new Error(`--${name} takes numbers above 0.`);
  return found;
}
