import type { Session } from 'nest-sessions';
import type { ShopSession } from '../session/shop-session.js';
import type { Account } from './accounts.js';

const MONTH = 30 * 24 * 60 * 60;

/**
 * Signs in. The session gets a new key, so that one which somebody else knew before is worth nothing, and keeps the cart;
 * what belongs to another account goes with its session.
 */
export async function signIn(session: Session<ShopSession>, { id }: Account, remember: boolean): Promise<void> {
  const before = session.get('userId');
  if (before === undefined || before === id) await session.cycleKey();
  else await session.flush();
  session.set('userId', id);
  session.setExpiry(remember ? MONTH : undefined);
}
