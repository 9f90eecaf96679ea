import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Visitor } from '../client/visitor.js';
import { ServerProcess } from '../measure/server-process.js';
import type { Options } from '../options.js';
import { markdownTable } from '../report/markdown-table.js';
import { saveResults } from '../report/results.js';
import { quantile } from '../report/statistics.js';
import { MariaDbStore } from '../stores/mariadb.store.js';
import { PostgresStore } from '../stores/postgres.store.js';
import { POSTGRES_URL, type Stores } from '../stores/stores.js';
import type { Store } from '../subjects/catalogue.js';

const MARIADB_URL = process.env.BENCH_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306';
const CLIENTS = 4;
const ALONE_SECONDS = 10;
const ROWS = 1_000_000;

/** What it costs the requests that are served meanwhile to delete nine in ten of a million sessions. */
export async function pruning({ rows = ROWS }: Options, stores: Stores): Promise<void> {
  const reports = [
    await pruningOf('postgres', 'PostgreSQL', rows, stores, () => PostgresStore.open(POSTGRES_URL)),
    await pruningOf('mariadb', 'MariaDB', rows, stores, () => MariaDbStore.open(MARIADB_URL)),
  ];
  await saveResults('pruning.md', `${reports.join('\n\n')}\n`);
}

type PrunedStore = Pick<MariaDbStore, 'url' | 'fillWithExpired' | 'close'>;

async function pruningOf(
  store: Store,
  name: string,
  rows: number,
  { places }: Stores,
  open: () => Promise<PrunedStore>,
): Promise<string> {
  const database = await open();
  try {
    await database.fillWithExpired(rows);
    const server = await ServerProcess.start({
      id: `nest-sessions/${store}`,
      store,
      adapter: 'express',
      places: { ...places, databaseUrl: database.url },
      shape: { size: 200, keys: 2 },
      isCounted: false,
    });
    const report = await whileServing(server, name);
    await server.stop();
    console.log(`\n${report}`);
    return report;
  } finally {
    await database.close();
  }
}

async function whileServing(server: ServerProcess, name: string): Promise<string> {
  const traffic = await Traffic.start(server.port);
  await traffic.during(pause(2000));
  const before = await traffic.during(pause(ALONE_SECONDS * 1000));
  const heapBefore = await server.ask('heap');
  const start = performance.now();
  const clearing = server.ask('clearExpired');
  const during = await traffic.during(clearing);
  const seconds = Math.round((performance.now() - start) / 1000);
  const heapAfter = await server.ask('heap');
  const after = await traffic.during(pause(ALONE_SECONDS * 1000));
  await traffic.stop();
  const phases = [
    ['before', before],
    [`while ${await clearing} go, ${seconds} s`, during],
    ['after', after],
  ] as const;
  const table = markdownTable(
    [name, 'requests a second', 'p50', 'p95', 'p99', 'max'],
    phases.map(([phase, { rate, latencies }]) => [
      phase,
      rate.toFixed(0),
      ...[0.5, 0.95, 0.99, 1].map((share) => quantile(latencies, share).toFixed(1)),
    ]),
  );
  return `${table}\n\nHeap before and after: ${megabytes(heapBefore)} and ${megabytes(heapAfter)} MB.`;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** Clients that change their sessions without a pause. A request that fails ends it all. */
class Traffic {
  #latencies: number[] = [];
  #isOver = false;
  readonly #clients: Promise<unknown>;

  private constructor(private readonly visitors: readonly Visitor[]) {
    this.#clients = Promise.all(visitors.map((visitor) => this.#keepWriting(visitor)));
  }

  static async start(port: number): Promise<Traffic> {
    const visitors = Array.from({ length: CLIENTS }, () => new Visitor(port));
    for (const visitor of visitors) {
      await visitor.begin();
      await visitor.connect();
    }
    return new Traffic(visitors);
  }

  /** How requests fared until something had happened: milliseconds, sorted. */
  async during(something: Promise<unknown>): Promise<{ rate: number; latencies: number[] }> {
    this.#latencies = [];
    const start = performance.now();
    await Promise.race([something, this.#clients]);
    const seconds = (performance.now() - start) / 1000;
    const latencies = this.#latencies.toSorted((a, b) => a - b);
    return { rate: latencies.length / seconds, latencies };
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#clients;
    for (const visitor of this.visitors) visitor.disconnect();
  }

  async #keepWriting(visitor: Visitor): Promise<void> {
    while (!this.#isOver) {
      const start = performance.now();
      await visitor.visit('write');
      this.#latencies.push(performance.now() - start);
    }
  }
}
