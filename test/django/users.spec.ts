import { readdirSync } from 'node:fs';
import { UnsupportedByEngineError } from 'nest-sessions';
import { describeWith } from '../support/services.js';
import { Peers, places } from './peers.js';

for (const place of places.filter(({ engine }) => engine === 'file')) {
  await describeWith(place.service, 'The sessions of a user in a folder that Django shares', () => {
    let peers: Peers;
    beforeAll(async () => {
      peers = await Peers.start(place, { nest: { userKey: 'userId' } });
    }, 300_000);
    afterAll(() => peers?.stop(), 60_000);

    it('stay listed while Django changes them and clears expired ones, and until it ends them', async () => {
      const { nest, django, folder } = peers;
      const keys = await Promise.all([7, 7, 8].map(async (userId) => (await nest.sessions.create({ userId })).key!));
      const notes = readdirSync(folder).filter((name) => name.startsWith('.nest-sessions-'));
      expect(notes).toHaveLength(2 + keys.length);
      await django.request(`sessionid=${keys[0]}`, [['set', 'count', 1]]);
      await django.clearExpired();
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(notes));
      expect(await nest.sessions.listByUser(7)).toHaveLength(2);

      await django.request(`sessionid=${keys[0]}`, [['flush']]);
      expect(await nest.sessions.listByUser(7)).toHaveLength(1);
      expect(await nest.sessions.revokeByUser(7)).toBe(1);
      expect(await django.read(keys[1]!)).toBeNull();
      expect(JSON.parse((await django.read(keys[2]!))!)).toMatchObject({ userId: 8 });
    });
  });
}

for (const place of places.filter(({ name }) => name === 'db on SQLite')) {
  await describeWith(place.service, 'The sessions of a user in the table of Django', () => {
    it('cannot be listed, because its table is left as it is', async () => {
      const peers = await Peers.start(place, { nest: { userKey: 'userId' } });
      await peers.nest.sessions.create({ userId: 7 });
      const listing = peers.nest.sessions.listByUser(7);
      await expect(listing).rejects.toBeInstanceOf(UnsupportedByEngineError);
      await expect(listing).rejects.toThrow('DjangoSessionEntity');
      await peers.stop();
    }, 300_000);
  });
}
