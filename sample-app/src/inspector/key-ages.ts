import { Injectable } from '@nestjs/common';
import { SessionService } from 'nest-sessions';

const MOST = 10_000;

/** Since when sessions have the keys that they have, as far as this process has seen it: `events` tell. */
@Injectable()
export class KeyAges {
  readonly #since = new Map<string, Date>();

  constructor(sessions: SessionService) {
    sessions.events.subscribe(({ type, session, at }) => {
      if (session === undefined || (type !== 'created' && type !== 'rotated')) return;
      this.#since.set(session, at);
      const [oldest] = this.#since.keys();
      if (this.#since.size > MOST) this.#since.delete(oldest!);
    });
  }

  /** @param fingerprint as in events. Undefined for a key from before the start, or of another process */
  since(fingerprint: string): Date | undefined {
    return this.#since.get(fingerprint);
  }
}
