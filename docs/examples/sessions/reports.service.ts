import { Injectable } from '@nestjs/common';
import { SessionService } from 'nest-sessions';

@Injectable()
export class ReportsService {
  constructor(private readonly sessions: SessionService) {}

  /** A report takes longer than the request that ordered it, whose `session.key` is kept until then. */
  async deliver(key: string, link: string): Promise<void> {
    const session = await this.sessions.find(key);
    if (!session) return; // logged out meanwhile
    session.set('report', link);
    await session.save(); // outside of a request nothing else stores it
  }
}
