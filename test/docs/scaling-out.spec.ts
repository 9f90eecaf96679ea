import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type SessionModuleOptions, SessionModule, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { setEnvironment } from './start-example.js';

const applications: INestApplicationContext[] = [];
afterEach(async () => {
  for (const application of applications.splice(0)) await application.close();
});

/** One process of an application. */
async function processWith(options: SessionModuleOptions): Promise<SessionService> {
  const application = await NestFactory.createApplicationContext(SessionModule.forRoot(options), { logger: false });
  applications.push(application);
  return application.get(SessionService);
}

describe.each([
  ['on the server', () => new MemoryEngine()],
  ['in the cookie', () => 'encrypted_cookies' as const],
])('while the secret is changed as the page says, sessions %s', (_, createEngine) => {
  let deployments: SessionModuleOptions[];
  beforeAll(async () => {
    setEnvironment({
      OLD_SECRET: 'the old secret of the application',
      NEW_SECRET: 'the new secret of the application',
    });
    ({ deployments } = await import('../../docs/examples/changing-the-secret.js'));
  });

  it.each([1, 2])('go on in processes of deployments %i and the next, side by side', async (number) => {
    const engine = createEngine();
    const pair = deployments.slice(number - 1, number + 1);
    const [before, after] = await Promise.all(
      pair.map((options) => processWith({ ...options, engine, userKey: 'userId' })),
    );
    let { key } = await before!.create({ userId: 7, count: 0 });
    for (let count = 1; count <= 4; count++) {
      const session = (await (count % 2 === 0 ? before : after)!.find(key!))!;
      session.compute('count', (current) => current + 1);
      await session.save();
      ({ key } = session);
      expect(session.get('count')).toBe(count);
    }
    if (engine instanceof MemoryEngine) {
      for (const each of [before, after]) expect(await each!.listByUser(7)).toHaveLength(1);
    }
  });

  it('are unknown to a process that was not told of the new secret before', async () => {
    const engine = createEngine();
    const [{ secret }, next] = deployments as [SessionModuleOptions, SessionModuleOptions];
    const { key } = await (await processWith({ ...next, engine })).create({ userId: 7 });
    expect(await (await processWith({ secret, engine })).find(key!)).toBeUndefined();
  });
});
