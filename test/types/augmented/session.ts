import { type FlashData, Session, type SessionData, type SessionService } from 'nest-sessions';
import { is } from '../same-type.js';

// As the README tells applications to do it. Holds for the whole program, so this is a program of its own.
// #region declare
declare module 'nest-sessions' {
  interface SessionData {
    userId: number;
    cart?: string[];
  }
  interface FlashData {
    notice: string;
    failures?: string[];
  }
}
// #endregion

interface WizardData {
  step: 1 | 2 | 3;
}

export function everywhere(session: Session, same: Session<SessionData>): void {
  is<number | undefined>()(session.get('userId'));
  is<string[]>()(session.get('cart', []));
  is<string[]>()(session.compute('cart', (cart = []) => [...cart, 'a']));
  is<unknown>()(session.get('_auth_user_id'));
  session.set('userId', 1).update({ cart: [] });
  is<typeof session>()(same);

  // @ts-expect-error no such key
  session.get('userID');
  // @ts-expect-error no such key
  session.set('other', 1);
  // @ts-expect-error no such key
  session.update({ other: 1 });
  // @ts-expect-error not the type of this key
  session.set('userId', '1');
  // @ts-expect-error not the type of this key
  session.compute('userId', () => '1');
}

/** Messages have names and types of their own, in whatever session they are left. */
export async function messages(session: Session<WizardData>): Promise<FlashData['notice'] | undefined> {
  is<typeof session>()(session.flash('notice', 'Saved.').flash('failures', []));
  is<string[] | undefined>()(await session.flash('failures'));

  // @ts-expect-error no such message
  session.flash('warning', 'Saved.');
  // @ts-expect-error no such message
  await session.flash('userId');
  // @ts-expect-error not the type of this message
  session.flash('notice', 1);
  // @ts-expect-error undefined is refused when the program runs
  session.flash('failures', undefined);
  return session.flash('notice');
}

/** In one place another type stands instead. */
export function elsewhere(session: Session<WizardData>): void {
  is<1 | 2 | 3 | undefined>()(session.get('step'));

  // @ts-expect-error no key of this place
  session.get('userId');
  // @ts-expect-error not the type of this key
  session.set('step', 4);
}

export async function service(sessions: SessionService, request: unknown): Promise<void> {
  is<number | undefined>()((await sessions.of(request)).get('userId'));
  is<number | undefined>()((await sessions.find('key'))?.get('userId'));
  is<1 | 2 | 3 | undefined>()((await sessions.of<WizardData>(request)).get('step'));
  await sessions.create({ userId: 1 });

  // @ts-expect-error not the type of this key
  await sessions.create({ userId: '1' });
  // @ts-expect-error no such key
  await sessions.create({ other: 1 });
}

export class Controller {
  show(@Session() session: Session, @Session('userId') userId?: number): unknown {
    return [session.get('userId'), userId];
  }
}
