import { BadRequestException } from '@nestjs/common';
import type { Session } from 'nest-sessions';
import type { VisitorSession } from './visitor-session.js';

/**
 * Signs a visitor in, without a password: this is a sample. The session gets a new key, so that one which somebody else
 * knew before is worth nothing; data of another user goes.
 */
export async function logIn(session: Session<VisitorSession>, user: unknown): Promise<string> {
  if (typeof user !== 'string' || user.trim() === '')
    throw new BadRequestException('Say who you are: { "user": "Ada" }.');
  const name = user.trim();
  const before = session.get('user');
  if (before === undefined || before === name) await session.cycleKey();
  else await session.flush();
  session.set('user', name);
  return name;
}
