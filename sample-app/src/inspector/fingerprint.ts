import { createHash } from 'node:crypto';

/** What the library calls a session in logs and events: enough to tell two keys apart, and nothing that opens a session. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
