import type { Session } from 'nest-sessions';
import type { VisitorSession } from './visitor-session.js';

/** Counts losslessly: two requests at once make two, where `set('count', get('count') + 1)` could make one. */
export function countUp(session: Session<VisitorSession>): number {
  // The visitor may have put anything at all under this key.
  return session.compute('count', (count) => (typeof count === 'number' ? count : 0) + 1) as number;
}
