import type { ServerResponse } from 'node:http';

const IS_PRIVATE = /(?:^|,)\s*(?:private|no-store)\s*(?:,|$)/i;
const IS_SHARED = /^(?:public|s-maxage\b.*)$/i;

/**
 * Keeps caches that many clients share from storing a response: whatever the application says of its body, they would give
 * out its cookies with it. `Vary` is no help among clients that have no cookie yet.
 */
export function keepPrivate(response: ServerResponse): void {
  const header = response.getHeader('cache-control');
  if (header === undefined) {
    response.setHeader('Cache-Control', 'private');
    return;
  }
  const present = String(header);
  if (IS_PRIVATE.test(present)) return;
  const others = present.split(/\s*,\s*/).filter((directive) => directive.trim() && !IS_SHARED.test(directive.trim()));
  response.setHeader('Cache-Control', ['private', ...others].join(', '));
}
