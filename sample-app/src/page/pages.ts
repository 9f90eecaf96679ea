import { Inject, Injectable } from '@nestjs/common';
import type { Session } from 'nest-sessions';
import { findAccount } from '../account/accounts.js';
import { countOf, linesOf } from '../cart/cart.js';
import { Configuration } from '../configuration/configuration.js';
import { keepsSessionsInCookies } from '../configuration/place.js';
import { Inspector } from '../inspector/inspector.js';
import type { ShopSession } from '../session/shop-session.js';
import type { Theme } from '../theme/theme.js';
import type { Html } from './html.js';
import { pageView } from './page.view.js';

/** What is different on each page. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly main: Html;
}

/** Puts what all pages have around what one page shows. */
@Injectable()
export class Pages {
  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    private readonly inspector: Inspector,
  ) {}

  async render(session: Session<ShopSession>, theme: Theme, page: Page): Promise<string> {
    // A visit renews the session, as `saveEveryRequest` would do at each request, also those of the JSON routes. Not in a
    // cookie: there the answer to a visit could undo what a request beside it has changed.
    if (session.key !== undefined && !keepsSessionsInCookies(this.configuration)) session.modified = true;
    // Each message is there once, for whichever request asks first.
    const notice = await session.flash('notice');
    const problem = await session.flash('problem');
    const view = pageView({
      ...page,
      theme,
      notice,
      problem,
      account: findAccount(session.get('userId')),
      inCart: countOf(linesOf(session.get('cart'))),
      inspection: await this.inspector.inspect(session),
    });
    return view.toString();
  }
}
