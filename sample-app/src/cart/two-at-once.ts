import { Injectable } from '@nestjs/common';
import { type Session, SessionService } from 'nest-sessions';
import { type Print, PRINTS } from '../catalogue/prints.js';
import type { ShopSession } from '../session/shop-session.js';
import { changed } from './cart.js';

export const TWO_PRINTS = PRINTS.slice(0, 2) as [Print, Print];

/** Does what two requests do that overlap: both have read the cart before either stores its own. */
@Injectable()
export class TwoAtOnce {
  constructor(private readonly sessions: SessionService) {}

  async add(session: Session<ShopSession>, prints: readonly [Print, Print]): Promise<void> {
    const key = await keyOf(session);
    const tabs = await Promise.all(prints.map(() => this.sessions.find<ShopSession>(key)));
    await Promise.all(
      prints.map(async (print, index) => {
        tabs[index]?.compute('cart', (cart) => changed(cart, print, 1));
        await tabs[index]?.save();
      }),
    );
  }
}

/** A session gets its key when it is stored for the first time. */
async function keyOf(session: Session<ShopSession>): Promise<string> {
  session.setDefault('cart', {});
  await session.save();
  return session.key!;
}
