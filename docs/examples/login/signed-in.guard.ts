import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { SessionService } from 'nest-sessions';
import type { User } from './user.entity.js';
import { UsersService } from './users.service.js';

/** Lets only those through who are logged in. Guards run before `@Session()`, so this one asks the service. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionService,
    private readonly users: UsersService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of(context);
    const id = session.get('userId');
    const user = id === undefined ? null : await this.users.find(id);
    if (!user) throw new UnauthorizedException('Log in first.');
    context.switchToHttp().getRequest<{ user: User }>().user = user;
    return true;
  }
}

/** The user that {@link SignedInGuard} found. */
export const CurrentUser = createParamDecorator(
  (_, context: ExecutionContext): User => context.switchToHttp().getRequest<{ user: User }>().user,
);
