import { decodeCookieValue } from '../cookies/index.js';
import { EncryptedCookieEngine, SignedCookieEngine } from '../engines/cookie/index.js';
import { BadSignatureError } from '../errors/index.js';
import { SESSION_DATA } from '../module/encrypted.js';
import { SignedCookieValues, SignedPayload, signedAt } from '../signing/index.js';
import { SealedPayload } from '../signing/sealed-payload.js';

/** What a value holds. */
export interface OpenedValue {
  readonly kind: string;
  readonly text: string;
  readonly madeAt: Date;
  /** Whether the text is a plain one, not JSON. */
  readonly isPlain?: boolean;
}

/** On what a signature or an encryption depends beside the secret. */
export interface ValueNames {
  readonly salt?: string;
  /** That of a signed cookie. */
  readonly name?: string;
  /** That of the session cookie. */
  readonly cookieName?: string;
}

type Open = (value: string) => OpenedValue;

/** What a signed or encrypted value holds, whichever of the package's kinds it is; undefined when the secret opens none. */
export function openValue(value: string, secret: string, names: ValueNames): OpenedValue | undefined {
  const spellings = new Set([value, decodeCookieValue(value, 'percent'), decodeCookieValue(value, 'python')]);
  for (const open of kindsOf(secret, names)) {
    for (const spelling of spellings) {
      const opened = attempt(open, spelling);
      if (opened) return decrypted(opened, secret);
    }
  }
  return undefined;
}

function kindsOf(secret: string, { salt, name, cookieName }: ValueNames): Open[] {
  if (name !== undefined) return [signedCookie(secret, name, salt)];
  if (salt !== undefined) return [signed(secret, 'signed object', salt)];
  if (cookieName !== undefined) return [encryptedCookie(secret, cookieName)];
  return [
    signed(secret, 'stored session', 'django.contrib.sessions.SessionStore'),
    signedCookieSession(secret),
    encryptedCookie(secret, 'sessionid'),
    encryptedData(secret),
  ];
}

function signed(secret: string, kind: string, salt: string): Open {
  const payload = new SignedPayload({ secret, salt, charset: 'utf8' });
  return (value) => ({ kind, text: payload.unpack(value), madeAt: signedAt(value) });
}

function signedCookie(secret: string, name: string, salt?: string): Open {
  const values = new SignedCookieValues({ secret, format: 'v2' });
  return (value) => ({
    kind: 'signed cookie',
    text: values.unsign(name, value, { salt }),
    madeAt: signedAt(value),
    isPlain: true,
  });
}

function signedCookieSession(secret: string): Open {
  const engine = new SignedCookieEngine({ secret, charset: 'utf8' });
  return (value) => {
    const { text, sealedAt } = engine.unseal(value);
    return { kind: 'session in a signed cookie', text, madeAt: sealedAt };
  };
}

function encryptedCookie(secret: string, cookieName: string): Open {
  const engine = new EncryptedCookieEngine({ secret, cookieName });
  return (value) => {
    const { text, sealedAt } = engine.unseal(value);
    return { kind: 'session in an encrypted cookie', text, madeAt: sealedAt };
  };
}

function encryptedData(secret: string): Open {
  const payload = new SealedPayload({ secret, purpose: SESSION_DATA });
  return (value) => {
    const { text, sealedAt } = payload.unseal(value);
    return { kind: 'encrypted session data', text, madeAt: sealedAt };
  };
}

/** What the serializer `encrypted()` made is inside of what is stored or sent. */
function decrypted(opened: OpenedValue, secret: string): OpenedValue {
  const inner = attempt(encryptedData(secret), opened.text);
  return inner ? { ...opened, kind: `${opened.kind}, its data encrypted`, text: inner.text } : opened;
}

function attempt(open: Open, value: string): OpenedValue | undefined {
  try {
    return open(value);
  } catch (error) {
    if (error instanceof BadSignatureError) return undefined;
    throw error;
  }
}
