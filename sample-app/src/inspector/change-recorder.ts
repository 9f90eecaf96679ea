import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { SessionService } from 'nest-sessions';
import { tap } from 'rxjs';
import { type Change, changesBetween, entriesOf } from './changes.js';

/** What a posted form has done to the session. */
export interface RecordedChanges {
  /** Method and path. */
  readonly request: string;
  readonly changes: readonly Change[];
  readonly hasNewKey: boolean;
}

/** Tells the next page what a posted form has changed in the session, by a flash message. */
@Injectable()
export class ChangeRecorder implements NestInterceptor {
  constructor(private readonly sessions: SessionService) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    const { method, path } = context.switchToHttp().getRequest<Request>();
    if (method !== 'POST') return next.handle();
    const session = await this.sessions.of(context);
    const { key } = session;
    const before = entriesOf(session);
    return next.handle().pipe(
      tap(() => {
        const changes = changesBetween(before, entriesOf(session));
        const hasNewKey = key !== undefined && session.key !== undefined && session.key !== key;
        if (changes.length === 0 && !hasNewKey) return;
        const recorded: RecordedChanges = { request: `${method} ${path}`, changes, hasNewKey };
        session.flash('changes', recorded);
      }),
    );
  }
}
