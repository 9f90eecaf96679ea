import { randomBytes } from 'node:crypto';
import {
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { mergeMap, type Observable } from 'rxjs';
import { SESSION_AGE } from '../assembly.js';
import { SESSION_STORE, type SessionStore } from './session-store.js';

const KEY = /(?:^|; )by-hand=([0-9a-f]{32})/;

/** What one would write for a session on the server: load it, store it anew when the handler has put another in its place. */
@Injectable()
export class StoredSessionInterceptor implements NestInterceptor {
  constructor(@Inject(SESSION_STORE) private readonly store: SessionStore) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest();
    const key = KEY.exec(request.headers.cookie ?? '')?.[1];
    const text = key && (await this.store.load(key));
    const loaded = (request.session = text ? JSON.parse(text) : undefined);
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        if (!text || request.isNewKeyDue) await this.#create(context, key, request.session);
        else if (request.session !== loaded) await this.#replace(key!, request.session, text);
        return answer;
      }),
    );
  }

  async #create(context: ExecutionContext, oldKey: string | undefined, session: object): Promise<void> {
    const key = randomBytes(16).toString('hex');
    await this.store.create(key, JSON.stringify(session));
    if (oldKey) await this.store.delete(oldKey);
    const cookie = `by-hand=${key}; Max-Age=${SESSION_AGE}; Path=/; HttpOnly; SameSite=Lax`;
    context.switchToHttp().getResponse().header('Set-Cookie', cookie);
  }

  async #replace(key: string, session: object, previous: string): Promise<void> {
    if (!(await this.store.replace(key, JSON.stringify(session), previous))) throw new ConflictException();
  }
}
