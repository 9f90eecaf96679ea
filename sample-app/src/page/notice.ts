import { HttpException } from '@nestjs/common';
import type { Cookies } from 'nest-sessions';
import { COOKIE_ATTRIBUTES } from '../cookies/cookie-attributes.js';
import { REFUSALS } from '../refusals/refusals.js';

/** The parts of the page, by the id of their element. */
export type Section = 'session' | 'counter' | 'account' | 'cookies' | 'lifetime';

/** How the last click went, shown once in the part of the page it belongs to. */
export interface Notice {
  readonly section: Section;
  readonly text: string;
  readonly failed: boolean;
}

/** The signed cookie in which a notice waits for the next page. */
export const NOTICE_COOKIE = 'sample_notice';

// Keeps apart what visitors sign under the same name through /signed-cookies.
const salt = 'notice';

/** Does what a form asks for and leaves a notice of how it went; `action` gives its text. A fault of ours is thrown on. */
export async function withNotice(
  cookies: Cookies,
  section: Section,
  action: () => string | Promise<string>,
): Promise<void> {
  const notice = await Promise.resolve()
    .then(action)
    .then(
      (text) => ({ section, text, failed: false }),
      (error: unknown) => ({ section, text: reasonOf(error), failed: true }),
    );
  cookies.setSigned(NOTICE_COOKIE, JSON.stringify({ ...notice, text: shortened(notice.text) }), {
    ...COOKIE_ATTRIBUTES,
    maxAge: 60,
    salt,
  });
}

/** The notice that waits, which is gone afterwards. */
export function takeNotice(cookies: Cookies): Notice | undefined {
  const text = cookies.getSigned(NOTICE_COOKIE, { salt, default: undefined });
  if (cookies.has(NOTICE_COOKIE)) cookies.delete(NOTICE_COOKIE, COOKIE_ATTRIBUTES);
  return text === undefined ? undefined : (JSON.parse(text) as Notice);
}

function reasonOf(error: unknown): string {
  const isRefusal = REFUSALS.some((refusal) => error instanceof refusal);
  if (isRefusal || (error instanceof HttpException && error.getStatus() < 500)) return (error as Error).message;
  throw error;
}

/** The text fits into a cookie itself, whatever name of a visitor's is quoted in it; what is said at its end remains. */
function shortened(text: string): string {
  const letters = [...text];
  return letters.length <= 200 ? text : [...letters.slice(0, 50), '…', ...letters.slice(-150)].join('');
}
