import { Inject, Injectable } from '@nestjs/common';
import type { Session } from 'nest-sessions';
import { Configuration } from '../configuration/configuration.js';
import { keepsSessionsInCookies, placeOf } from '../configuration/place.js';
import type { ShopSession } from '../session/shop-session.js';
import { cookieName } from '../session/session-options.js';
import { type Entries, entriesOf } from './changes.js';
import { fingerprintOf } from './fingerprint.js';
import { KeyAges } from './key-ages.js';
import type { RecordedChanges } from './change-recorder.js';

/** What can be told of a session without giving its key away. */
export interface Inspection {
  readonly engine: Configuration['engine'];
  readonly place: string;
  readonly cookieName: string;
  readonly cookieSecure: boolean | undefined;
  readonly inCookie: boolean;
  /** Undefined while nothing is stored. */
  readonly fingerprint: string | undefined;
  readonly keySince: Date | undefined;
  readonly expiresAt: Date;
  readonly absoluteAge: number | undefined;
  readonly expireAtBrowserClose: boolean;
  readonly entries: Entries;
  /** Of the JSON. */
  readonly bytes: number;
  readonly lastChanges: RecordedChanges | undefined;
}

@Injectable()
export class Inspector {
  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    private readonly keyAges: KeyAges,
  ) {}

  async inspect(session: Session<ShopSession>): Promise<Inspection> {
    const { engine, absoluteAge, cookieSecure } = this.configuration;
    const inCookie = keepsSessionsInCookies(this.configuration);
    const lastChanges = await session.flash('changes');
    const fingerprint = session.key === undefined ? undefined : fingerprintOf(session.key);
    return {
      engine,
      place: placeOf(this.configuration),
      cookieName: cookieName(this.configuration),
      cookieSecure,
      inCookie,
      fingerprint,
      keySince: fingerprint === undefined ? undefined : this.keyAges.since(fingerprint),
      expiresAt: session.getExpiryDate(),
      absoluteAge,
      expireAtBrowserClose: session.getExpireAtBrowserClose(),
      entries: entriesOf(session),
      bytes: Buffer.byteLength(JSON.stringify(session)),
      lastChanges,
    };
  }
}
