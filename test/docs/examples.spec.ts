import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import { CartController } from '../../docs/examples/cart.controller.js';
import { ThemeController } from '../../docs/examples/theme.controller.js';
import { platforms, setCookies, startApplication } from '../support/applications.js';

describe.each(platforms)('the small examples of the docs on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [CartController, ThemeController] });
  });
  afterAll(() => app.close());

  it('put into the cart what two tabs put there', async () => {
    const browser = request.agent(app.getHttpServer());
    const add = (name: string) => browser.post('/cart').send({ name }).expect(201);
    await add('pen');
    await Promise.all([add('ink'), add('paper')]);
    const { body: cart } = await browser.get('/cart').expect(200);
    expect(cart.map(({ name }: { name: string }) => name).toSorted()).toEqual(['ink', 'paper', 'pen']);
  });

  it('set a cookie, and a signed one that can be read in the same request', async () => {
    const response = await request(app.getHttpServer()).get('/theme').expect(200, 'ann');
    expect(setCookies(response)).toEqual([
      expect.stringMatching(/^theme=dark; expires=.*; Max-Age=31536000; Path=\/; SameSite=Lax$/),
      expect.stringMatching(/^user=ann:/),
    ]);
  });
});
