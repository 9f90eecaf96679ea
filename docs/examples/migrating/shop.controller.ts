import { Body, Controller, Get, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';

interface ShopSession {
  userId: string;
  cart: string[];
}

@Controller()
export class ShopController {
  // #region cart
  @Post('cart')
  add(@Session() session: Session<ShopSession>, @Body('item') item: string) {
    return session.compute('cart', (cart = []) => [...cart, item]);
  }
  // #endregion

  @Get('me')
  me(@Session() session: Session<ShopSession>) {
    return { userId: session.get('userId') ?? null, cart: session.get('cart', []) };
  }

  // #region log-in
  @Post('login')
  async logIn(@Session() session: Session<ShopSession>, @Body('name') name: string) {
    await session.cycleKey(); // a new key, the same cart
    session.set('userId', name);
  }

  @Post('logout')
  async logOut(@Session() session: Session<ShopSession>) {
    await session.flush();
  }
  // #endregion
}
