import type { Cart } from '../cart/cart.js';

/** What the shop keeps in a session. In an application of your own, augment `SessionData` of nest-sessions with it. */
export interface ShopSession {
  /** Who is signed in. The option `userKey` names this entry, which makes the sessions of an account listable. */
  userId?: string;
  cart?: Cart;
}
