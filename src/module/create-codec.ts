import type { Clock } from '../session/clock.js';
import { SessionExpiry } from '../session/expiry.js';
import { type ExpiryFormat, localExpiry, secondsExpiry, utcExpiry } from '../session/expiry-format.js';
import { SessionCodec } from '../session/session-codec.js';
import { jsonText, serializedText, type SessionText } from '../session/session-text.js';
import { utcClock, type WallClock, wallClockOf } from '../session/wall-clock.js';
import { SignedPayload } from '../signing/index.js';
import type { ResolvedOptions } from './session-options.js';

/** How the values of a session become text. */
export function createText({ serializer }: ResolvedOptions): SessionText {
  return serializer ? serializedText(serializer) : jsonText;
}

/** How they become what a store keeps. */
export function createCodec(options: ResolvedOptions, clock: Clock): SessionCodec {
  const { secret, secretFallbacks, serializer, keySalt } = options;
  const charset = serializer ? 'utf8' : 'latin1';
  return new SessionCodec(
    createText(options),
    new SignedPayload({ secret, secretFallbacks, salt: keySalt, clock, charset }),
  );
}

/** When sessions end. */
export function createExpiry(options: ResolvedOptions, clock: Clock): SessionExpiry {
  const { cookieAge, expireAtBrowserClose, absoluteAge } = options;
  return new SessionExpiry({ cookieAge, expireAtBrowserClose, absoluteAge, clock, format: expiryFormat(options) });
}

/** The local time that Django writes where it names no time zone. */
export function wallClockOfPeer({ interop }: ResolvedOptions): WallClock {
  return interop?.timeZone === undefined ? utcClock : wallClockOf(interop.timeZone);
}

function expiryFormat(options: ResolvedOptions): ExpiryFormat {
  const { interop } = options;
  if (!interop) return utcExpiry;
  const wallClock = wallClockOfPeer(options);
  if (interop.integerExpiry) return secondsExpiry(wallClock);
  return interop.timeZone === undefined ? utcExpiry : localExpiry(wallClock);
}
