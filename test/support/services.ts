import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where tests find the servers; the environment names others. */
export const serviceUrls = {
  postgres: new URL(process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'),
  mariadb: new URL(process.env.TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/test'),
  redis: new URL(process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'),
};

/** Has the sample application keep sessions in the Redis that others use too, where nothing is left of them after an hour. */
export const onSharedRedis = { REDIS_URL: serviceUrls.redis.href, SESSION_COOKIE_AGE: '3600' };

/** The Python that Debian's packages are for, where there is one beside others. */
export const python = process.env.TEST_PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');

/** What a machine must have beside Node for some of the tests. Each says why it cannot be used, or nothing if it can. */
const services = {
  postgres: () => answers(serviceUrls.postgres, 5432),
  mariadb: () => answers(serviceUrls.mariadb, 3306),
  redis: () => answers(serviceUrls.redis, 6379),
  redisServer: () => runs('redis-server', '--version'),
  curl: () => runs('curl', '--version'),
  chromium: () => runs(process.env.TEST_CHROMIUM ?? 'chromium', '--version'),
  chromiumAndOpenssl: async () => (await missing('chromium')) ?? runs('openssl', 'version'),
  django: () => runs(python, '-c', 'import django'),
  djangoOnPostgres: async () => (await missing('postgres')) ?? runs(python, '-c', 'import django, psycopg2'),
  djangoOnMariadb: async () => (await missing('mariadb')) ?? runs(python, '-c', 'import django, MySQLdb'),
};

export type Service = keyof typeof services;

const reasons = new Map<Service, Promise<string | undefined>>();

/** Why a service cannot be used here, or undefined if it can. Asked once in each test file. */
export function missing(service: Service): Promise<string | undefined> {
  let reason = reasons.get(service);
  if (!reason) reasons.set(service, (reason = services[service]()));
  return reason;
}

/**
 * A `describe` for tests that need a service: `await describeWith('redis', 'The cache engine on Redis', () => …)`. Where
 * the service is missing they are left out, which one line and one test say; with REQUIRE_SERVICES=1 that test fails. Without a service it is a plain `describe`.
 */
export async function describeWith(service: Service | undefined, name: string, tests: () => void): Promise<void> {
  const reason = service && (await missing(service));
  if (reason === undefined) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`Left out: ${name}, because ${reason}.\n`);
  it(`${name} is left out because ${reason}`, () => {
    expect({ service, required: process.env.REQUIRE_SERVICES === '1' }).toEqual({ service, required: false });
  });
}

function answers({ hostname, port }: URL, defaultPort: number): Promise<string | undefined> {
  const address = `${hostname}:${port || defaultPort}`;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || defaultPort, timeout: 2000 });
    const finish = (reason?: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => finish());
    socket.once('timeout', () => finish(`${address} does not answer`));
    socket.once('error', () => finish(`nothing listens on ${address}`));
  });
}

async function runs(program: string, ...parameters: string[]): Promise<string | undefined> {
  return run(program, parameters).then(
    () => undefined,
    () => `"${[program, ...parameters].join(' ')}" fails`,
  );
}
