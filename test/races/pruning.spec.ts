import { DataSource } from 'typeorm';
import { DatabaseEngine, SessionEntity } from 'nest-sessions/typeorm';
import { databases } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { SessionWorld } from '../support/session-world.js';

const INSTANCES = 4;
const EXPIRED = 6500;
const LIVE = 300;

for (const database of databases.filter(({ service }) => service)) {
  await describeWith(database.service, `Four instances that prune at the same time on ${database.name}`, () => {
    const world = new SessionWorld();
    const dataSources: DataSource[] = [];

    beforeAll(async () => {
      dataSources.push(await database.open([SessionEntity]));
      const [{ options }] = dataSources as [DataSource];
      for (let index = 1; index < INSTANCES; index++) {
        dataSources.push(await new DataSource({ ...options, synchronize: false }).initialize());
      }
    });
    afterAll(async () => {
      for (const dataSource of dataSources.toReversed()) await dataSource.destroy();
    });

    it('delete each expired session once and no live one, with requests at work, and none of them fails', async () => {
      const instances = dataSources.map((dataSource) =>
        world.newProcess(new DatabaseEngine(dataSource, SessionEntity, { clock: world.clock })),
      );
      const [first] = instances as [(typeof instances)[0]];
      const keys: string[] = [];
      for (let index = 0; index < LIVE; index++) keys.push((await first.create({ count: 0 })).key!);
      await insertExpired(dataSources[0]!, world.clock.now());

      const count = async (instance: typeof first): Promise<void> => {
        for (const key of keys) {
          const session = await instance.find(key);
          session!.set(`by${instances.indexOf(instance)}`, true);
          await session!.save();
          await instance.create({ isNew: true });
        }
      };
      const [counts] = await Promise.all([
        Promise.all(instances.map((instance) => instance.clearExpired())),
        Promise.all(instances.map(count)),
      ]);

      expect(counts.reduce((sum, removed) => sum + removed)).toBe(EXPIRED);
      expect(await dataSources[0]!.getRepository(SessionEntity).count()).toBe(LIVE * (1 + INSTANCES));
      for (const key of keys) {
        expect((await first.find(key))?.toJSON()).toEqual({ count: 0, by0: true, by1: true, by2: true, by3: true });
      }
      expect(world.observer.errors).toEqual([]);
    });
  });
}

/** Many that expire at the same instant among others, since then the index orders nothing. */
async function insertExpired(dataSource: DataSource, now: number): Promise<void> {
  const rows = Array.from({ length: EXPIRED }, (_, index) => ({
    sessionKey: `expired${String(index).padStart(25, '0')}`,
    sessionData: 'x'.repeat(200),
    expireDate: new Date(now - 1000 * (index % 7)),
  }));
  const repository = dataSource.getRepository(SessionEntity);
  for (let from = 0; from < EXPIRED; from += 500) await repository.insert(rows.slice(from, from + 500));
}
