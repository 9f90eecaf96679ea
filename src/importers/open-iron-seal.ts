import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { equalTexts } from '../signing/index.js';

/** Passwords by the number that seals name them with. */
export type IronPasswords = Readonly<Record<string, string>>;

export interface IronSeal {
  /** The seal without what anybody can add to it. */
  readonly id: string;
  readonly json: string;
  /** Undefined when it was sealed for ever. */
  readonly endsAt: Date | undefined;
}

const SEAL =
  /^(?<signed>Fe26\.2\*(?<passwordId>\w*)\*(?<salt>[\da-f]+)\*(?<iv>[\w-]+)\*(?<text>[\w-]+)\*(?<end>\d*))\*(?<signatureSalt>[\da-f]+)\*(?<signature>[\w-]+)(?:~.*)?$/;
const KEY_BYTES = 32;
const IV_BYTES = 16;

/**
 * What a seal of iron-session holds: encrypted with AES-256-CBC, signed with HMAC-SHA256, each with a key that PBKDF2
 * derives from the password. Undefined when none of the passwords made it. Whether it has ended is for the caller to see.
 *
 * The version behind `~` stands outside of the signature, so nothing depends on it.
 */
export function openIronSeal(seal: string, passwords: IronPasswords): IronSeal | undefined {
  const parts = SEAL.exec(seal)?.groups;
  if (!parts || !Object.hasOwn(passwords, parts.passwordId!)) return undefined;
  const password = passwords[parts.passwordId!]!;
  const signature = createHmac('sha256', keyOf(password, parts.signatureSalt!)).update(parts.signed!);
  if (!equalTexts(parts.signature!, signature.digest('base64url'))) return undefined;
  const json = decrypt(parts.text!, keyOf(password, parts.salt!), parts.iv!);
  const endsAt = parts.end ? new Date(Number(parts.end)) : undefined;
  return json === undefined
    ? undefined
    : { id: `${parts.signed}*${parts.signatureSalt}*${parts.signature}`, json, endsAt };
}

/** One round, since iron-session asks for passwords that are long and random. */
function keyOf(password: string, salt: string): Buffer {
  return pbkdf2Sync(password, salt, 1, KEY_BYTES, 'sha1');
}

function decrypt(text: string, key: Buffer, iv: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, Buffer.from(iv, 'base64url').subarray(0, IV_BYTES));
    return Buffer.concat([decipher.update(text, 'base64url'), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
