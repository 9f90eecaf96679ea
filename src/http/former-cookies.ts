import { parseCookieHeader, serializeDeletion } from '../cookies/index.js';
import type { FormerSession } from '../importers/session-importer.js';
import type { Inheritance } from '../session/inheritance.js';
import type { HttpMessages } from './http-messages.js';
import type { HttpSettings } from './http-settings.js';

/** What other libraries have left in the browser of a request. Nothing is read before somebody asks. */
export class FormerCookies implements Inheritance {
  readonly settled: FormerSession[] = [];

  constructor(
    private readonly messages: HttpMessages,
    private readonly settings: HttpSettings,
  ) {}

  get isAnswered(): boolean {
    return this.messages.response !== undefined;
  }

  claims(): readonly FormerSession[] {
    const { cookieHeader } = this.messages;
    if (cookieHeader === undefined) return [];
    const { importers, cookies, log } = this.settings;
    const received = parseCookieHeader(cookieHeader);
    const context = { clock: cookies.clock, warn: (message: string) => log.warn(message) };
    return importers.flatMap((importer) => importer.claims(received, context));
  }

  /** The `Set-Cookie` texts that make the browser forget what is over. @param others what the application sets itself */
  *deletions(others: readonly string[]): Iterable<string> {
    for (const { name, options } of this.settled.flatMap(({ cookies }) => cookies)) {
      const isTheirs = others.some((cookie) => cookie.startsWith(`${name}=`));
      if (!isTheirs) yield serializeDeletion(name, options, this.settings.cookies);
    }
  }
}
