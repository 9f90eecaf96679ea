import { randomUUID } from 'node:crypto';
import type { SessionToStore } from '../engines/session-engine.js';

const STAND_IN = /^(?:rotated|importing|imported):[0-9a-f-]{36}$/;

/**
 * What a store holds in the place of a session that is being given a new key, or that is not there yet: to every reader
 * there is none. The number makes each different from all others, so that a compare and swap can tell them apart.
 */
export function standIn(
  reason: 'rotated' | 'importing' | 'imported',
  expiresAt: Date,
  user: null | undefined,
): SessionToStore {
  return { data: `${reason}:${randomUUID()}`, expiresAt, user };
}

export function isStandIn(data: string): boolean {
  return STAND_IN.test(data);
}
