import { SessionEntity } from 'nest-sessions/typeorm';
import { databases } from '../../test/support/databases.js';
import { RedisCluster, RedisServer } from '../../test/support/redis-server.js';

/** What the copies keep their sessions in, and what befalls it while they are at work. */
export interface Scene {
  readonly name: string;
  /** The store itself may forget what it has confirmed, which is then shown and no fault. */
  readonly mayForget?: boolean;
  start(): Promise<Stage>;
}

/** Something that happens again and again. */
export interface Misfortune {
  readonly name: string;
  befall(): Promise<void>;
}

export interface Stage {
  readonly environment: Record<string, string>;
  readonly misfortune?: Misfortune;
  close(): Promise<void>;
}

/** Every change is on the disk before Redis answers, so that it outlives a crash. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

export const scenes: Record<string, Scene> = {
  postgres: { name: 'PostgreSQL', start: postgres },
  redis: { name: 'Redis, which crashes and comes back', start: redis },
  'redis-cluster': {
    name: 'a Redis Cluster of six nodes, whose primaries hand over to their replicas',
    start: () => redisCluster('a replica takes over from its primary', (cluster) => cluster.failOver()),
  },
  'redis-cluster-crash': {
    name: 'a Redis Cluster of six nodes, whose primaries crash',
    mayForget: true,
    start: () => redisCluster('a primary crashes and its replica takes over', (cluster) => cluster.crash()),
  },
};

async function postgres(): Promise<Stage> {
  const dataSource = await databases.find(({ name }) => name === 'PostgreSQL')!.open([SessionEntity]);
  const { url } = dataSource.options as { url: string };
  return { environment: { SESSION_ENGINE: 'db', DATABASE_URL: url }, close: () => dataSource.destroy() };
}

async function redis(): Promise<Stage> {
  const server = await RedisServer.start(...DURABLE);
  const befall = async (): Promise<void> => {
    await server.stop();
    await server.start();
  };
  return {
    environment: { SESSION_ENGINE: 'cache', REDIS_URL: server.url },
    misfortune: { name: 'Redis crashes and is started again', befall },
    close: () => server.dispose(),
  };
}

async function redisCluster(name: string, misfortune: (cluster: RedisCluster) => Promise<void>): Promise<Stage> {
  const cluster = await RedisCluster.start({ replicas: 1, patience: 1000 });
  return {
    environment: { SESSION_ENGINE: 'cache', REDIS_URL: cluster.urls.join(',') },
    misfortune: { name, befall: () => misfortune(cluster) },
    close: () => cluster.dispose(),
  };
}
