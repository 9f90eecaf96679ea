import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { DjangoAuth, SessionService } from 'nest-sessions';

/** A row of Django's table `auth_user`. */
export interface UserRow {
  readonly id: number;
  readonly password: string;
  readonly is_active: boolean;
}

/** Reads Django's users, e.g. through a TypeORM entity of the table `auth_user`. */
export abstract class Users {
  abstract find(id: string): Promise<UserRow | undefined>;
}

/** Lets only those through who are logged in, here or in Django, and gives the handler their row as `request.user`. */
@Injectable()
export class DjangoUserGuard implements CanActivate {
  constructor(
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(DjangoAuth) private readonly auth: DjangoAuth,
    @Inject(Users) private readonly users: Users,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of(context);
    const login = this.auth.user(session);
    if (!login) throw new UnauthorizedException();

    const user = await this.users.find(login.id);
    if (!user?.is_active || !this.auth.verify(session, user.password)) {
      // The user is gone, or has a new password since: the login counts nowhere any more.
      await session.flush();
      throw new UnauthorizedException();
    }
    context.switchToHttp().getRequest<{ user: UserRow }>().user = user;
    return true;
  }
}
