/** What the time of a request is divided into. */
export const PARTS = ['session', 'store', 'nest', 'framework', 'response', 'node', 'garbage'] as const;
export type Part = (typeof PARTS)[number];

/** With the code by hand, and with what the libraries bring along. */
const SESSION =
  /^(nest-sessions|express-session|connect-.*|session-file-store|cookie|cookie-session|cookies|cookie-signature|keygrip|on-headers|iron-.*|uncrypto|@fastify\/(session|cookie|secure-session)|sodium-native)$/;
const STORE = /^(redis|@redis\/.*|keyv|@keyv\/.*|pg|pg-.*|postgres-.*|typeorm|libsql|@libsql\/.*)$/;
const NEST = /^(@nestjs\/.*|rxjs|reflect-metadata)$/;

/** What a package counts for; undefined is the application itself. */
export function partOfPackage(name: string | undefined): Part {
  if (name === undefined || SESSION.test(name)) return 'session';
  if (STORE.test(name)) return 'store';
  return NEST.test(name) ? 'nest' : 'framework';
}
