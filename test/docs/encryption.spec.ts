import type { INestApplication } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { SessionService } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { platforms } from '../support/applications.js';
import { setEnvironment, startExample } from './start-example.js';

describe('the example of encryption', () => {
  let app: INestApplication;
  beforeAll(async () => {
    setEnvironment({ SESSION_ENCRYPTION_KEY: 'the secret of the encryption, which is another one' });
    const { AppModule } = await import('../../docs/examples/encryption.module.js');
    app = await startExample(platforms[0]!, AppModule);
  });
  afterAll(() => app.close());

  it('keeps a table that shows nothing', async () => {
    const { key } = await app.get(SessionService).create({ address: 'Nowhere 1' });
    const dataSource = app.get<DataSource>(getDataSourceToken());
    const [row] = await dataSource.getRepository(SessionEntity).find();
    const [signed = ''] = row!.sessionData.split(':');
    expect(Buffer.from(signed, 'base64url').toString()).not.toContain('Nowhere');
    expect((await app.get(SessionService).find(key!))?.get('address')).toBe('Nowhere 1');
  });
});
