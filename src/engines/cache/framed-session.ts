import type { StoredSession } from '../session-engine.js';

/** A session as one text: its expiry in milliseconds, a colon, its data. */
export function frameSession({ data, expiresAt }: StoredSession): string {
  return `${expiresAt.getTime()}:${data}`;
}

/** Undefined for anything that is no framed session. */
export function unframeSession(text: string | undefined): StoredSession | undefined {
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1) return undefined;
  const expiresAt = Number(text.slice(0, colon));
  return Number.isInteger(expiresAt) ? { data: text.slice(colon + 1), expiresAt: new Date(expiresAt) } : undefined;
}
