import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SessionInterruptedError } from 'nest-sessions';

/** Whoever logged out in another tab is shown the login, not an error. */
@Catch(SessionInterruptedError)
export class SessionInterruptedFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(_error: SessionInterruptedError, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.redirect(host.switchToHttp().getResponse(), 303, '/login');
  }
}
