import { readdirSync } from 'node:fs';
import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { SessionInterruptedFilter } from '../../docs/examples/session-interrupted.filter.js';
import { platforms, startApplication } from '../support/applications.js';
import { ROOT, textOf } from './pages.js';

const CODE = /(?:\bsuper\((?:\w+, )?|\bcode = |\bSessionError\()\s*'([A-Z]+(?:_[A-Z]+)+)'/g;

it('the page on troubleshooting has every code of an error, and no other', () => {
  const sources = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const codes = new Set(sources.flatMap((file) => [...textOf(`src/${file}`).matchAll(CODE)].map(([, code]) => code)));
  const headings = [...textOf('docs/troubleshooting.md').matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code);
  expect(headings.toSorted()).toEqual([...codes].toSorted());
  expect(codes.size).toBeGreaterThan(10);
});

@Controller()
class SlowController {
  constructor(private readonly sessions: SessionService) {}

  @Get('visit')
  visit(@Session() session: Session) {
    session.set('visited', true);
  }

  @Post('order')
  async order(@Session() session: Session) {
    await this.sessions.delete(session.key!); // what a logout in another tab does meanwhile
    session.set('ordered', true);
  }
}

describe.each(platforms)('the filter for sessions that were ended on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    const providers = [{ provide: APP_FILTER, useClass: SessionInterruptedFilter }];
    app = await startApplication(
      platform,
      { controllers: [SlowController], providers },
      { engine: new MemoryEngine() },
    );
  });
  afterAll(() => app.close());

  it('leads to the login', async () => {
    const browser = request.agent(app.getHttpServer());
    await browser.get('/visit').expect(200);
    await browser.post('/order').expect(303).expect('Location', '/login');
  });
});
