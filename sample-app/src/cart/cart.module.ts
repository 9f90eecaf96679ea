import { Module } from '@nestjs/common';
import { PageModule } from '../page/page.module.js';
import { CartController } from './cart.controller.js';
import { TwoAtOnceController } from './two-at-once.controller.js';
import { TwoAtOnce } from './two-at-once.js';

@Module({ imports: [PageModule], controllers: [CartController, TwoAtOnceController], providers: [TwoAtOnce] })
export class CartModule {}
