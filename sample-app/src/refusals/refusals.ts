import { BadSignatureError, CookieOverflowError, InvalidCookieError, SessionValueError } from 'nest-sessions';

/** Errors of the library that a visitor of this application can cause, by what was sent. */
export const REFUSALS = [InvalidCookieError, CookieOverflowError, SessionValueError, BadSignatureError] as const;
