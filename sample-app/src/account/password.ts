import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** 64 MiB and about a tenth of a second for each guess. */
const COST = { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 } satisfies ScryptOptions;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What to keep of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password.normalize('NFKC'), salt, HASH_BYTES, COST);
  return `${salt.toString('base64url')}.${hash.toString('base64url')}`;
}

/** Whether this is the password that was hashed. */
export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [salt, hash] = hashed.split('.').map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
  return timingSafeEqual(hash, await derive(password.normalize('NFKC'), salt, HASH_BYTES, COST));
}
