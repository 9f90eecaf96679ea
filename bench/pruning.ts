// What pruning costs the requests that are served meanwhile. From the root of the repository:
//
//   node --expose-gc --import ./test/support/ts-loader.mjs bench/pruning.ts [PostgreSQL|MariaDB] [rows]
//
// Fills a table of its own, nine rows in ten expired, serves POST /count to four clients without a break, first for ten
// seconds alone, then while clearExpired() runs. Everything is in this one process, as it is in an application.
import 'reflect-metadata';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Session, SessionModule, SessionService } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import { databases } from '../test/support/databases.js';

const [name = 'PostgreSQL', rows = '1000000'] = process.argv.slice(2);
const CLIENTS = 4;
const LIVE = 2000;
const ALONE_SECONDS = 10;

const FILL: Record<string, string> = {
  PostgreSQL: `INSERT INTO session (session_key, session_data, expire_date) SELECT md5(i::text), repeat(md5(i::text), 12),
    now() + CASE WHEN i % 10 = 0 THEN 1 ELSE -1 END * random() * interval '14 days' FROM generate_series(1, ${rows}) i`,
  MariaDB: `INSERT INTO session (session_key, session_data, expire_date) SELECT md5(seq), repeat(md5(seq), 12),
    utc_timestamp(6) + INTERVAL IF(seq % 10 = 0, 1, -1) * floor(1 + rand() * 1209600) SECOND FROM seq_1_to_${rows}`,
};

const database = databases.find((candidate) => candidate.name === name)!;
const dataSource = await database.open([SessionEntity]);

@Controller()
class CountController {
  @Post('count')
  count(@Session() session: Session<{ count: number }>): number {
    return session.compute('count', (count = 0) => count + 1);
  }
}

@Module({
  imports: [SessionModule.forRoot({ dataSource, secret: 'bench', pruneInterval: false })],
  controllers: [CountController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
const sessions = app.get(SessionService);

say(`filling ${rows} rows`);
await dataSource.query(FILL[name]!);
const keys: string[] = [];
for (let index = 0; index < LIVE; index++) keys.push((await sessions.create({ count: 0 })).key!);

const agent = new Agent({ keepAlive: true });
let latencies: number[] = [];
let failures = 0;
let isOver = false;
const clients = Array.from({ length: CLIENTS }, serve);

await pause(2000);
take();
await pause(ALONE_SECONDS * 1000);
report('before', take(), ALONE_SECONDS);

const memory = watchMemory();
const start = performance.now();
const removed = await sessions.clearExpired();
const seconds = (performance.now() - start) / 1000;
report('during', take(), seconds);
say(`removed ${removed} in ${seconds.toFixed(1)} s, ${Math.round(removed / seconds)} a second; ${memory()}`);

await pause(ALONE_SECONDS * 1000);
report('after', take(), ALONE_SECONDS);
isOver = true;
await Promise.all(clients);
agent.destroy();
await app.close();
await dataSource.destroy();

async function serve(): Promise<void> {
  while (!isOver) {
    const key = keys[Math.floor(Math.random() * keys.length)]!;
    const from = performance.now();
    const status = await post(key).catch(() => 0);
    latencies.push(performance.now() - from);
    if (status !== 201) failures++;
  }
}

function post(key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', method: 'POST', path: '/count' };
    request({ ...options, headers: { cookie: `sessionid=${key}` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    })
      .on('error', reject)
      .end();
  });
}

function take(): number[] {
  const taken = latencies;
  latencies = [];
  return taken;
}

function report(phase: string, taken: number[], duration: number): void {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  say(
    `${phase}: ${Math.round(taken.length / duration)} requests a second, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, ` +
      `max ${at(1)} ms, ${failures} failed`,
  );
}

/** The heap after a collection at the start and at the end, and the most that the process held in between. */
function watchMemory(): () => string {
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  let most = process.memoryUsage.rss();
  const first = most;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  return () => {
    clearInterval(timer);
    return `heap ${megabytes(before)} to ${megabytes(heap())} MB, process ${megabytes(first)} to at most ${megabytes(most)} MB`;
  };
}

function say(line: string): void {
  console.log(line);
}
