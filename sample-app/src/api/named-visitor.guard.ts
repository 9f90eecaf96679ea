import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { SessionService } from 'nest-sessions';
import type { VisitorSession } from './visitor-session.js';

/** Lets only those through who have signed in. Guards run before the decorators, so it asks the service. */
@Injectable()
export class NamedVisitorGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of<VisitorSession>(context);
    if (!session.has('user')) throw new UnauthorizedException('Sign in first: POST /login');
    return true;
  }
}
