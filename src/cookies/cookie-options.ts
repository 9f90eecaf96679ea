/**
 * The attributes of a cookie, for `set`, `setSigned` and `delete`. Every call stands for itself: an attribute that is not
 * given is not sent, whatever an earlier call for the same name gave.
 *
 * An attribute that would make browsers drop the cookie, or that would break the header, is refused with an
 * `InvalidCookieError`.
 */
export interface CookieOptions {
  /**
   * How long the browser keeps the cookie, in **seconds** (Express counts milliseconds). Fractions are cut off. Zero or
   * less removes the cookie; more than 400 days is sent as 400 days, the most that browsers keep. Not together with
   * `expires`. Django's `max_age`.
   * @default none: the cookie lasts until the browser is closed
   */
  maxAge?: number;

  /**
   * When the browser drops the cookie. Sent as the `maxAge` from now until then, rounded up to a whole second. Not
   * together with `maxAge`. Django's `expires`.
   * @default none
   */
  expires?: Date;

  /**
   * The cookie is sent back for this path and those below it. `''` leaves the attribute out. Django's `path`.
   * @default '/'
   */
  path?: string;

  /**
   * The cookie is sent back to this host and those below it. Django's `domain`.
   * @default none: only the host that set the cookie
   */
  domain?: string;

  /**
   * The cookie travels over HTTPS only. Required by `sameSite: 'none'`, by `partitioned` and by names that begin with
   * `__Host-` or `__Secure-`. Django's `secure`.
   * @default false
   */
  secure?: boolean;

  /**
   * Scripts in the browser cannot read the cookie. Django's `httponly`.
   * @default false
   */
  httpOnly?: boolean;

  /**
   * Whether requests that other sites cause carry the cookie: `'lax'` only when the user follows a link, `'strict'`
   * never, `'none'` always. `false` leaves the attribute out and the choice to the browser. Django's `samesite`.
   * @default false
   */
  sameSite?: 'lax' | 'strict' | 'none' | false;

  /**
   * A cookie of an embedded page, kept apart for each site that embeds it (CHIPS). Django has no such option.
   * @default false
   */
  partitioned?: boolean;

  /**
   * Which cookies the browser drops first when there are too many. Understood by Chromium only; Django has no such option.
   * @default none: browsers take it as medium
   */
  priority?: 'low' | 'medium' | 'high';
}
