import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Cookies, Session } from 'nest-sessions';
import { Configuration } from '../configuration/configuration.js';
import type { SampleSession } from '../session/sample-session.js';
import { cookieRows, firstLetters } from './cookie-rows.js';
import { takeNotice } from './notice.js';
import { renderPage } from './page.view.js';
import { placeOf } from './place.js';

@Controller()
export class PageController {
  constructor(@Inject(Configuration) private readonly configuration: Configuration) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  show(@Session() session: Session<SampleSession>, @Cookies() cookies: Cookies): string {
    const user = session.get('user');
    const page = renderPage({
      engine: this.configuration.engine,
      place: placeOf(this.configuration),
      notice: takeNotice(cookies),
      key: session.key && firstLetters(session.key),
      // Names that begin with "_" are the library's own.
      data: session.entries().filter(([name]) => !name.startsWith('_')),
      user: user === undefined ? undefined : String(user),
      count: String(session.get('count', 0)),
      expiryAge: session.getExpiryAge(),
      expireAtBrowserClose: session.getExpireAtBrowserClose(),
      cookies: cookieRows(cookies),
    });
    return page.toString();
  }
}
