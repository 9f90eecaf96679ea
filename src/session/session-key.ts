import { hash, randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;
/** Bytes from here on would make the first letters of the alphabet more likely than the last. */
const UNBIASED = 256 - (256 % ALPHABET.length);
/** Enough that a second draw is needed about once in a million keys. */
const DRAW = 48;

/** A new session key: 32 characters of `a-z0-9` from the system's CSPRNG, 165 bits, as Django makes them. */
export function newSessionKey(): string {
  let key = '';
  while (key.length < LENGTH) {
    for (const byte of randomBytes(DRAW)) {
      if (byte < UNBIASED && key.length < LENGTH) key += ALPHABET[byte % ALPHABET.length];
    }
  }
  return key;
}

/** The session key that 32 bytes stand for, if they are random. */
export function sessionKeyOf(bytes: Buffer): string {
  return BigInt(`0x${bytes.toString('hex')}`)
    .toString(ALPHABET.length)
    .padStart(LENGTH, '0')
    .slice(-LENGTH);
}

/** Whether a text from a client can be a session key at all. Whatever else arrives never reaches a store. */
export function isSessionKey(text: string): boolean {
  return /^[a-z0-9]{8,40}$/.test(text);
}

/** What the store keeps instead of the key when `hashKeys` is on: SHA-256 in hex, so that a leaked table opens no session. */
export function hashSessionKey(key: string): string {
  return hash('sha256', key);
}

/** Names a session in logs and events without giving its key away. */
export function sessionFingerprint(key: string): string {
  return hashSessionKey(key).slice(0, 8);
}
