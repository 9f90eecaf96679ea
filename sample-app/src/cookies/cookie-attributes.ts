import type { CookieOptions } from 'nest-sessions';

/** No script needs these cookies, and no other site. */
export const COOKIE_ATTRIBUTES: CookieOptions = { httpOnly: true, sameSite: 'lax' };

/** The name of the library's own cookie; `cookieName` in the options would change it. */
export const SESSION_COOKIE = 'sessionid';
