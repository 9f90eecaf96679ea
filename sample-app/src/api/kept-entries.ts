import { ForbiddenException } from '@nestjs/common';

/** Who is signed in to the shop. Whoever could write it would be signed in, as anybody. */
const SIGNED_IN = 'userId';

/** What the library notes of a session for itself: when it began, and from where it was last changed. */
const NOTES = ['_session_start', '_session_client'];

/** For routes that take any name from a visitor. */
export function assertVisitorsOwn(key: string): void {
  if (key === SIGNED_IN) throw new ForbiddenException(`${JSON.stringify(key)} is not for visitors to change.`);
}

export function withoutNotes(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !NOTES.includes(key)));
}
