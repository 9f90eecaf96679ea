import { Injectable } from '@nestjs/common';
import { type Account, DEMO_ACCOUNTS, findAccount } from './accounts.js';
import { hashPassword, isPassword } from './password.js';

/** Checks who signs in. */
@Injectable()
export class Credentials {
  #hashes: Promise<ReadonlyMap<string, string>> | undefined;

  /** The account, if there is one of that name and this is its password. */
  async check(id: string, password: string): Promise<Account | undefined> {
    const hashes = await (this.#hashes ??= hashesOfDemoAccounts());
    const account = findAccount(id);
    // Of a name that nobody has, some other password is checked: how long the answer takes tells no names.
    const hash = hashes.get(account?.id ?? DEMO_ACCOUNTS[0]!.id)!;
    return (await isPassword(password, hash)) ? account : undefined;
  }
}

/** An application of your own hashes a password once, when it is set, and keeps only that. */
async function hashesOfDemoAccounts(): Promise<ReadonlyMap<string, string>> {
  return new Map(
    await Promise.all(DEMO_ACCOUNTS.map(async ({ id, password }) => [id, await hashPassword(password)] as const)),
  );
}
