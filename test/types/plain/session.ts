import { Body, Controller, Get, Post } from '@nestjs/common';
import { Session, type SessionService } from 'nest-sessions';
import { is } from '../same-type.js';

interface CartData {
  items: string[];
  coupon: string | null;
  total?: number;
}

/** Where nothing was declared, any key holds any value. */
export function undeclared(session: Session): void {
  session
    .set('anything', { at: ['all'] })
    .set('other', 1)
    .update({ more: true });
  const name: string = session.get('name');
  const list: number[] = session.get('list', []);
  const count: number = session.compute('count', (current = 0) => current + 1);
  session.get('cart').items.push(name, list, count);
  session.setDefault('theme', 'light').toUpperCase();
  is<boolean>()(session.has('anything'));

  // @ts-expect-error a key is a text
  session.set(1, 'one');
  // @ts-expect-error a symbol is no text
  session.get(Symbol.iterator);
  // @ts-expect-error the value is missing
  session.set('name');
}

/** What was declared for one place holds there. */
export function declared(session: Session<CartData>): void {
  is<string[] | undefined>()(session.get('items'));
  is<string[]>()(session.get('items', []));
  is<string | null | undefined>()(session.get('coupon'));
  is<string | null>()(session.get('coupon', null));
  is<string[] | undefined>()(session.pop('items'));
  is<string[]>()(session.pop('items', []));
  is<string[]>()(session.setDefault('items', []));
  is<typeof session>()(session.set('items', ['a']));
  is<typeof session>()(session.update({ items: ['a'], coupon: null }));

  // @ts-expect-error no such key
  session.get('item');
  // @ts-expect-error no such key
  session.set('item', []);
  // @ts-expect-error no such key
  session.has('item');
  // @ts-expect-error no such key
  session.delete('item');
  // @ts-expect-error no such key
  session.pop('item');
  // @ts-expect-error no such key
  session.update({ item: [] });
  // @ts-expect-error not the type of this key
  session.set('items', [1]);
  // @ts-expect-error not the type of this key
  session.set('coupon', undefined);
  // @ts-expect-error not the type of this key
  session.get('items', 'none');
  // @ts-expect-error not the type of this key
  session.setDefault('items', {});
  // @ts-expect-error not the type of this key
  session.update({ items: 'a' });
}

/** An optional key may be absent; its value is never undefined. */
export function optional(session: Session<CartData>): void {
  is<number | undefined>()(session.get('total'));
  is<number>()(session.get('total', 0));
  is<number>()(session.setDefault('total', 0));
  is<number>()(session.compute('total', (total = 0) => total + 1));

  // @ts-expect-error undefined is refused when the program runs
  session.set('total', undefined);
  // @ts-expect-error undefined is refused when the program runs
  session.compute('total', () => undefined);
}

export function computed(session: Session<CartData>): void {
  is<string[]>()(session.compute('items', (items = []) => [...items, 'a']));
  session.compute('items', (items) => {
    is<string[] | undefined>()(items);
    return items ?? [];
  });
  is<string | null>()(session.compute('coupon', (coupon) => coupon ?? null));

  // @ts-expect-error there may be no items yet
  session.compute('items', (items) => [...items, 'a']);
  // @ts-expect-error not the type of this key
  session.compute('items', (items = []) => items.length);
  // @ts-expect-error a promise cannot be stored
  session.compute('items', async (items = []) => items);
}

/** What Django and this package keep may be read, whatever was declared. */
export function reserved(session: Session<CartData>): void {
  is<unknown>()(session.get('_auth_user_id'));
  is<unknown>()(session.pop('_auth_user_id', null));
  is<boolean>()(session.has('_session_expiry'));
  is<boolean>()(session.delete('_messages'));

  // @ts-expect-error names that begin with _ cannot be written
  session.set('_auth_user_id', '1');
}

export async function members(session: Session<CartData>): Promise<void> {
  is<string | undefined>()(session.key);
  is<boolean>()(session.isEmpty);
  is<boolean>()(session.accessed);
  is<boolean>()(session.modified);
  is<number>()(session.size);
  is<string[]>()(session.keys());
  is<unknown[]>()(session.values());
  is<[string, unknown][]>()(session.entries());
  for (const [key, value] of session) {
    is<string>()(key);
    is<unknown>()(value);
  }
  is<Record<string, unknown>>()(session.toJSON());
  is<void>()(await session.flush());
  is<void>()(await session.cycleKey());
  is<void>()(await session.save());
  is<number>()(session.getExpiryAge());
  is<Date>()(session.getExpiryDate());
  is<boolean>()(session.getExpireAtBrowserClose());
  is<boolean>()(session.testCookieWorked());
  is<typeof session>()(session.flash('notice', { any: 'thing' }));
  const notice: string | undefined = await session.flash('notice');
  session.flash('other', notice);
  session.modified = true;
  session.setExpiry(0);
  session.setExpiry(new Date());
  session.setExpiry(undefined);

  // @ts-expect-error a key is a text
  session.flash(1, 'one');
  // @ts-expect-error only the store gives keys
  session.key = 'x';
  // @ts-expect-error a fact
  session.accessed = false;
  // @ts-expect-error seconds are a number
  session.setExpiry('300');
}

export async function service(sessions: SessionService, request: unknown): Promise<void> {
  is<Session>()(await sessions.of(request));
  is<Session<CartData>>()(await sessions.of<CartData>(request));
  is<Session<CartData> | undefined>()(await sessions.find<CartData>('key'));
  is<Session<CartData>>()(await sessions.create<CartData>({ items: [] }));
  is<Session<CartData>>()(await sessions.fromCookieHeader<CartData>(undefined));
  await sessions.create({ anything: 1 });

  // @ts-expect-error not the type of this key
  await sessions.create<CartData>({ items: 1 });
}

/** The decorator and the type have one name. */
@Controller()
export class CartController {
  @Post()
  add(@Session() session: Session<CartData>, @Body() item: string): string[] {
    return session.compute('items', (items = []) => [...items, item]);
  }

  @Get()
  items(@Session('items') items?: string[], @Session() session?: Session): unknown[] {
    return [items, session?.get('anything')];
  }
}

/** A type literal does as well as an interface, and members whose names are no texts are no keys. */
export function otherShapes(
  literal: Session<{ a: 1 | 2 }>,
  mixed: Session<{ name: string; 5: number; [Symbol.iterator]: boolean }>,
): void {
  literal.set('a', 2);
  mixed.set('name', 'x');

  // @ts-expect-error not the type of this key
  literal.set('a', 3);
  // @ts-expect-error a key is a text
  mixed.set(5, 1);
}

/** A session may be passed on to whoever asks for any session, but not to whoever expects other data in it. */
export function passedOn(cart: Session<CartData>, any: Session, wizard: Session<{ step: number }>): void {
  const audit = (session: Session): number => session.size;
  const total = (session: Session<CartData>): number => session.get('total', 0);
  audit(cart);
  total(any);

  // @ts-expect-error holds other data
  total(wizard);
}
