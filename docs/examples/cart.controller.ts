import { Body, Controller, Get, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';

export class Item {
  readonly name!: string;
}

@Controller('cart')
export class CartController {
  // #region add
  @Post()
  add(@Session() session: Session, @Body() item: Item) {
    session.compute('cart', (cart = []) => [...cart, item]); // lossless, even if two tabs add at once
  }
  // #endregion

  @Get()
  list(@Session('cart') cart: Item[] = []) {
    return cart;
  }
}
