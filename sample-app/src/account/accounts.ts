/** Who can sign in. */
export interface Account {
  readonly id: string;
  readonly name: string;
}

/** For trying the shop out, so their passwords are no secrets: the page shows them. Yours are in a database, hashed. */
export const DEMO_ACCOUNTS: readonly (Account & { readonly password: string })[] = [
  { id: 'ada', name: 'Ada', password: 'analytical engine' },
  { id: 'grace', name: 'Grace', password: 'nanoseconds' },
];

/** Undefined also for what is no id. */
export function findAccount(id: unknown): Account | undefined {
  return DEMO_ACCOUNTS.find((account) => account.id === id);
}
