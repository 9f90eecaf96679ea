import { Visitor } from '../client/visitor.js';
import { RoundTripProxy } from '../measure/round-trip-proxy.js';
import type { Contestant } from '../measure/contestant.js';
import { startServers } from '../measure/servers.js';
import type { RoundTrips } from '../report/results.js';
import { median } from '../report/statistics.js';
import type { Stores } from '../stores/stores.js';
import type { Adapter, Store, Subject, Work } from '../subjects/catalogue.js';

/** What is counted in a store that is no server. */
const UNITS: Partial<Record<Store, RoundTrips['unit']>> = { sqlite: 'statements', file: 'calls' };

/** First requests load scripts and open connections. */
const WARM_UP = 5;
const REQUESTS = 9;

/** Counts what one request of each kind asks of the store. */
export async function countRoundTrips(
  subjects: readonly Subject[],
  works: readonly Work[],
  adapter: Adapter,
  { places }: Stores,
): Promise<RoundTrips[]> {
  const redis = await RoundTripProxy.open(places.redisUrl);
  const postgres = await RoundTripProxy.open(places.databaseUrl);
  const behind = { ...places, redisUrl: redis.url, databaseUrl: postgres.url };
  const contestants = await startServers(subjects, adapter, behind, { isCounted: true });
  const counts: RoundTrips[] = [];
  try {
    for (const contestant of contestants) {
      const { subject, servers } = contestant;
      const take = async (): Promise<number> => redis.take() + postgres.take() + (await servers[0]!.ask('storeCalls'));
      const perWork = await countFor(contestant, works, take);
      counts.push({ adapter, subject: subject.id, unit: UNITS[subject.store] ?? 'round trips', perWork });
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
    redis.close();
    postgres.close();
  }
  return counts;
}

async function countFor(
  { subject, servers }: Contestant,
  works: readonly Work[],
  take: () => Promise<number>,
): Promise<Record<string, number>> {
  const visitor = new Visitor(servers[0]!.port);
  await visitor.connect();
  await visitor.visit('new');
  const counts: Record<string, number> = {};
  for (const work of works.filter((work) => subject.works.includes(work))) {
    for (let request = 0; request < WARM_UP; request++) await visitor.visit(work);
    await take();
    const perRequest: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      await visitor.visit(work);
      perRequest.push(await take());
    }
    // Not the mean, because drivers speak to their servers of their own accord now and then.
    counts[work] = median(perRequest);
  }
  visitor.disconnect();
  return counts;
}
