import { Get, Inject, Post, Redirect, UseGuards } from '@nestjs/common';
import { Cookies, Session } from 'nest-sessions';
import { SignedInGuard } from '../account/signed-in.guard.js';
import { PrintPipe } from '../catalogue/print.pipe.js';
import type { Print } from '../catalogue/prints.js';
import { Configuration } from '../configuration/configuration.js';
import { keepsSessionsInCookies } from '../configuration/place.js';
import { Field } from '../page/field.decorator.js';
import { Pages } from '../page/pages.js';
import { SendsPage } from '../page/sends-page.decorator.js';
import { ShopController } from '../page/shop-controller.decorator.js';
import type { ShopSession } from '../session/shop-session.js';
import { type Theme, ThemePipe } from '../theme/theme.js';
import { changed, countOf, linesOf, without } from './cart.js';
import { cartView } from './cart.view.js';

/** A cart that all tabs of a visitor share. Every change is a `compute`, so none gets lost when requests overlap. */
@ShopController('cart')
export class CartController {
  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    private readonly pages: Pages,
  ) {}

  @Get()
  @SendsPage()
  show(@Session() session: Session<ShopSession>, @Cookies('theme', ThemePipe) theme: Theme) {
    const main = cartView(linesOf(session.get('cart')), keepsSessionsInCookies(this.configuration));
    return this.pages.render(session, theme, { path: '/cart', title: 'Cart', main });
  }

  @Post('add')
  @Redirect('/', 303)
  add(@Session() session: Session<ShopSession>, @Field('print', PrintPipe) print: Print) {
    session.compute('cart', (cart) => changed(cart, print, 1));
    session.flash('notice', `${print.title} is in your cart.`);
  }

  @Post('more')
  @Redirect('/cart', 303)
  addOneMore(@Session() session: Session<ShopSession>, @Field('print', PrintPipe) print: Print) {
    session.compute('cart', (cart) => changed(cart, print, 1));
  }

  @Post('fewer')
  @Redirect('/cart', 303)
  takeOneOut(@Session() session: Session<ShopSession>, @Field('print', PrintPipe) print: Print) {
    const cart = session.compute('cart', (cart) => changed(cart, print, -1));
    if (!(print.id in cart)) session.flash('notice', `${print.title} is out of your cart.`);
  }

  /** Signing in comes first; the cart is still there afterwards. */
  @Post('order')
  @UseGuards(SignedInGuard)
  @Redirect('/cart', 303)
  order(@Session() session: Session<ShopSession>) {
    const ordered = linesOf(session.get('cart'));
    session.compute('cart', (cart) => without(cart, ordered));
    session.flash('notice', `Thank you! ${countOf(ordered)} prints would be on their way, were this a real shop.`);
  }
}
