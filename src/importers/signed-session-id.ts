import { type CipherKey, createHmac } from 'node:crypto';
import { equalTexts } from '../signing/index.js';

/** What a session identifier was signed with: one secret, or several of which the first signs. */
export type FormerSecret = CipherKey | readonly CipherKey[];

/** The identifier in `identifier.signature`, as cookie-signature signs it; undefined unless one of the secrets did. */
export function unsignSessionId(signed: string, secrets: readonly CipherKey[]): string | undefined {
  const dot = signed.lastIndexOf('.');
  if (dot < 1) return undefined;
  const id = signed.slice(0, dot);
  const given = signed.slice(dot + 1);
  return secrets.some((secret) => equalTexts(given, signatureOf(id, secret))) ? id : undefined;
}

function signatureOf(id: string, secret: CipherKey): string {
  return createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
}
