import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type SessionEvent, SessionService } from 'nest-sessions';
import { filter, type Subscription } from 'rxjs';
import { LessThan, type Repository } from 'typeorm';
import { AuditEntry } from './audit-entry.entity.js';

/** Keeps what happens to sessions. */
@Injectable()
export class AuditLog implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger(AuditLog.name);
  #subscription?: Subscription;
  #written: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly sessions: SessionService,
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
  ) {}

  onModuleInit(): void {
    this.#subscription = this.sessions.events.pipe(filter(isWorthKeeping)).subscribe((event) => {
      void this.add(entryOf(event));
    });
  }

  /** While there still is a database. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#subscription?.unsubscribe();
    await this.#written;
  }

  /** One entry after the other. No request need wait for it, nor fails with it. */
  add(entry: Partial<AuditEntry>): Promise<unknown> {
    this.#written = this.#written
      .then(() => this.entries.insert({ at: new Date(), ...entry }))
      .catch((error: unknown) => this.#logger.error(`An entry of type "${entry.type}" is lost: ${String(error)}`));
    return this.#written;
  }

  /** Removes what is older, and says how much that was. */
  async forget(olderThan: Date): Promise<number> {
    const { affected } = await this.entries.delete({ at: LessThan(olderThan) });
    return affected ?? 0;
  }
}

/** Not what any stranger can cause as often as they like. */
function isWorthKeeping({ type, reason, user }: SessionEvent): boolean {
  return reason !== 'unknown' && (type !== 'created' || user !== undefined);
}

/** Without the user agent, which says more about a person than an audit needs. */
function entryOf({ type, at, session, previous, user, ipAddress, count, reason }: SessionEvent): Partial<AuditEntry> {
  return { type, at, session, previous, user, ipAddress, note: count === undefined ? reason : `${count} sessions` };
}
