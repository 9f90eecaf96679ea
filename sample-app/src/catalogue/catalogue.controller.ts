import { Get } from '@nestjs/common';
import { Cookies, Session } from 'nest-sessions';
import { Pages } from '../page/pages.js';
import { SendsPage } from '../page/sends-page.decorator.js';
import { ShopController } from '../page/shop-controller.decorator.js';
import type { ShopSession } from '../session/shop-session.js';
import { type Theme, ThemePipe } from '../theme/theme.js';
import { catalogueView } from './catalogue.view.js';

@ShopController()
export class CatalogueController {
  constructor(private readonly pages: Pages) {}

  @Get()
  @SendsPage()
  show(@Session() session: Session<ShopSession>, @Cookies('theme', ThemePipe) theme: Theme) {
    return this.pages.render(session, theme, { path: '/', title: 'Prints', main: catalogueView() });
  }
}
