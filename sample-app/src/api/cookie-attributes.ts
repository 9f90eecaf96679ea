import type { CookieOptions } from 'nest-sessions';

/** No script needs these cookies, and no other site. */
export const COOKIE_ATTRIBUTES: CookieOptions = { httpOnly: true, sameSite: 'lax' };
