import { parseCookieHeader } from '../../../src/cookies/index.js';
import type { FormerSession, SessionImporter } from '../../../src/importers/session-importer.js';
import { TestClock } from '../../support/test-clock.js';

/** Asks an importer as a request does, and keeps what it warns of. */
export class Claims {
  readonly clock = new TestClock();
  readonly warnings: string[] = [];

  constructor(private readonly importer: SessionImporter) {}

  /** @param header the Cookie header of the request */
  of(header: string): FormerSession[] {
    const context = { clock: this.clock, warn: (message: string) => void this.warnings.push(message) };
    return this.importer.claims(parseCookieHeader(header), context);
  }

  /** What the first session holds that the request brings. */
  async valuesOf(header: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return (await this.of(header)[0]?.load())?.values;
  }
}
