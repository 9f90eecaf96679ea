import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SessionService } from 'nest-sessions';
import type { ShopSession } from '../session/shop-session.js';
import { findAccount } from './accounts.js';
import { SignInRequired } from './sign-in-required.js';

/** Lets only those through who are signed in. A guard runs before the decorators, so it asks the service. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of<ShopSession>(context);
    if (!findAccount(session.get('userId'))) throw new SignInRequired();
    return true;
  }
}
