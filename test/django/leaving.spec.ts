import { readFileSync } from 'node:fs';
import { SessionEntity } from 'nest-sessions/typeorm';
import { SECRET } from '../support/applications.js';
import { describeWith } from '../support/services.js';
import { Django } from './django.js';
import { Nest } from './nest.js';
import { databasePlaces, djangoDatabase } from './peers.js';

const docs = readFileSync(new URL('../../docs/sharing-with-django.md', import.meta.url), 'utf8');

/** The statement of the docs that copies the sessions. */
function statement(database: string): string {
  const sql = new RegExp(`-- [^\\n]*${database}[^\\n]*\\n([^;]+);`).exec(docs)?.[1];
  if (!sql) throw new Error(`The docs have no statement for ${database}.`);
  return sql;
}

for (const { name, service, database } of databasePlaces.filter(({ database }) => database.name !== 'SQLite')) {
  await describeWith(service, `Leaving Django behind in ${name}`, () => {
    it('keeps the sessions that the docs say how to copy', async () => {
      const dataSource = await database.open([SessionEntity]);
      const settings = { SECRET_KEY: SECRET, DATABASES: { default: djangoDatabase(dataSource) } };
      const django = new Django(settings);
      await django.manage('migrate');
      const key = await django.create('{"a":1}');
      const expired = await django.create('{"a":1,"_session_expiry":-10}');
      await django.stop();

      await dataSource.query(statement(database.name));
      expect(await dataSource.query('SELECT expire_date FROM session')).toHaveLength(1);
      const nest = await Nest.start({ engine: 'db', dataSource, secret: SECRET, pruneInterval: false });
      const { body } = await nest.request(`sessionid=${key}`, [['set', 'b', 2], ['all']]);
      expect(JSON.parse(body)).toEqual([null, { a: 1, b: 2 }]);
      expect((await nest.request(`sessionid=${expired}`, [['all']])).body).toBe('[{}]');
      await nest.stop();
      await dataSource.destroy();
    }, 120_000);
  });
}
