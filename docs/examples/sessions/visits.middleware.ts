import { Injectable, type NestMiddleware } from '@nestjs/common';
import { SessionService } from 'nest-sessions';

@Injectable()
export class VisitsMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  async use(request: unknown, _response: unknown, next: () => void) {
    const session = await this.sessions.of(request);
    session.compute('visits', (visits = 0) => visits + 1);
    next();
  }
}
