import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What hashing costs: 32 MB of memory and some tenths of a second. Raise it as machines get faster: old hashes stay good. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const LENGTH = 32;

/** The text to keep instead of a password: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Whether this is the password of that hash. Takes as long where there is no hash, so that time does not tell who has an account. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (kept ?? NOBODY).split('$');
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(actual, expected) && kept !== undefined;
}

/** What is compared where there is no hash. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$$${Buffer.alloc(LENGTH).toString('base64')}`;

function derive(password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One letter may be typed in two ways, e.g. é; the normal form is the same for both.
    scrypt(password.normalize('NFKC'), salt, LENGTH, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
