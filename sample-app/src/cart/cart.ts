import { type Print, PRINTS } from '../catalogue/prints.js';

/** How many of which print, by its id. */
export type Cart = Readonly<Record<string, number>>;

/** A print in the cart. */
export interface CartLine {
  readonly print: Print;
  readonly quantity: number;
}

const MOST = 99;

/**
 * The cart with so many more, or fewer, of a print. A pure function of the cart, as `session.compute` needs it: where
 * another request was first, it runs again on the cart that this one has stored.
 */
export function changed(cart: Cart | undefined, print: Print, by: number): Cart {
  const quantities = PRINTS.map(({ id }) => [id, inRange(quantityIn(cart, id) + (id === print.id ? by : 0))] as const);
  return Object.fromEntries(quantities.filter(([, quantity]) => quantity > 0));
}

/** The cart without these lines: what another tab has put in since they were read stays. */
export function without(cart: Cart | undefined, lines: readonly CartLine[]): Cart {
  return lines.reduce<Cart>((rest, { print, quantity }) => changed(rest, print, -quantity), cart ?? {});
}

export function linesOf(cart: Cart | undefined): CartLine[] {
  return PRINTS.map((print) => ({ print, quantity: quantityIn(cart, print.id) })).filter(
    ({ quantity }) => quantity > 0,
  );
}

export function countOf(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Euros. */
export function totalOf(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { print, quantity }) => sum + quantity * print.price, 0);
}

/** 0 also for what is no quantity: by the JSON routes a visitor can put anything at all where the cart is. */
function quantityIn(cart: Cart | undefined, id: string): number {
  const quantity: unknown = cart?.[id];
  return Number.isSafeInteger(quantity) ? inRange(quantity as number) : 0;
}

function inRange(quantity: number): number {
  return Math.min(Math.max(quantity, 0), MOST);
}
