import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { SESSION_AGE } from '../assembly.js';

/** From text to what a cookie can hold, and back; undefined for what was tampered with. */
export interface Seal {
  seal(text: string): string;
  open(value: string): string | undefined;
}

export const SEAL = Symbol('seal');

const VALUE = /(?:^|; )by-hand=([\w.:-]+)/;

/** What one would write for a session in the cookie itself. */
@Injectable()
export class CookieSessionInterceptor implements NestInterceptor {
  constructor(@Inject(SEAL) private readonly seal: Seal) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest();
    const value = VALUE.exec(request.headers.cookie ?? '')?.[1];
    const text = value && this.seal.open(value);
    const loaded = (request.session = text ? JSON.parse(text) : undefined);
    return next.handle().pipe(
      map((answer: unknown) => {
        if (request.session !== loaded || request.isNewKeyDue) {
          const cookie = this.seal.seal(JSON.stringify(request.session));
          const attributes = `Max-Age=${SESSION_AGE}; Path=/; HttpOnly; SameSite=Lax`;
          http.getResponse().header('Set-Cookie', `by-hand=${cookie}; ${attributes}`);
        }
        return answer;
      }),
    );
  }
}
