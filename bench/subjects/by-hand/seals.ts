import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { SESSION_AGE } from '../assembly.js';
import type { Seal } from './cookie-session.interceptor.js';

/** `text:time:signature`, each in base64url: what Django's signed cookies hold, less the compression. */
export function signatures(secret: string): Seal {
  const sign = (signed: string): string => createHmac('sha256', secret).update(signed).digest('base64url');
  return {
    seal(text) {
      const signed = `${Buffer.from(text).toString('base64url')}:${Math.floor(Date.now() / 1000).toString(36)}`;
      return `${signed}:${sign(signed)}`;
    },
    open(value) {
      const end = value.lastIndexOf(':');
      const signature = Buffer.from(value.slice(end + 1));
      const expected = Buffer.from(sign(value.slice(0, end)));
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
      const [text = '', time = ''] = value.split(':');
      const isLive = Number.parseInt(time, 36) + SESSION_AGE > Date.now() / 1000;
      return isLive ? Buffer.from(text, 'base64url').toString() : undefined;
    },
  };
}

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM: nonce, tag, and the time and the text encrypted. */
export function encryption(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'by-hand', 32));
  return {
    seal(text) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = [cipher.update(`${Date.now()} ${text}`, 'utf8'), cipher.final()];
      return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url');
    },
    open(value) {
      const bytes = Buffer.from(value, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        const opened = decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
        const space = opened.indexOf(' ');
        const isLive = Number(opened.slice(0, space)) + SESSION_AGE * 1000 > Date.now();
        return isLive ? opened.slice(space + 1) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
