import { Inject, Post, Redirect } from '@nestjs/common';
import { Session } from 'nest-sessions';
import { PrintPipe } from '../catalogue/print.pipe.js';
import type { Print } from '../catalogue/prints.js';
import { Configuration } from '../configuration/configuration.js';
import { keepsSessionsInCookies } from '../configuration/place.js';
import { Field } from '../page/field.decorator.js';
import { ShopController } from '../page/shop-controller.decorator.js';
import type { ShopSession } from '../session/shop-session.js';
import { changed } from './cart.js';
import { Rendezvous } from './rendezvous.js';
import { TWO_PRINTS, TwoAtOnce } from './two-at-once.js';

/** Shows that requests which overlap lose nothing. Only for show: a cart needs no more than `CartController`. */
@ShopController('cart/two-at-once')
export class TwoAtOnceController {
  readonly #rendezvous = new Rendezvous();

  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    private readonly twoAtOnce: TwoAtOnce,
  ) {}

  /** Before there is a session, each of two requests would begin one of its own, and the browser keep the later. */
  @Post('begin')
  @Redirect('/cart', 303)
  begin(@Session() session: Session<ShopSession>) {
    session.setDefault('cart', {});
  }

  /** One of two requests that the browser sends together. By now both are to have read the cart, and neither stored it. */
  @Post('one')
  @Redirect('/cart', 303)
  async addOne(
    @Session() session: Session<ShopSession>,
    @Field('print', PrintPipe) print: Print,
    @Field('pair') pair: string,
  ) {
    await this.#rendezvous.meet(pair);
    session.compute('cart', (cart) => changed(cart, print, 1));
  }

  /** For browsers without JavaScript, which send one request at a time. */
  @Post()
  @Redirect('/cart', 303)
  async addBoth(@Session() session: Session<ShopSession>) {
    if (keepsSessionsInCookies(this.configuration)) {
      session.flash('problem', 'With this engine only a browser can make two requests overlap. That needs JavaScript.');
      return;
    }
    await this.twoAtOnce.add(session, TWO_PRINTS);
    session.flash('notice', 'Two tabs have added a print at once, and both are in your cart.');
  }
}
