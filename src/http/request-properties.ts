import type { Exchange } from './exchange.js';

/**
 * What a request gets for Nest's own `@Session()`, for middleware and for Passport: `session`, and under `expressCompat`
 * `sessionID`. Both give way to a library that sets its own.
 */
export function requestProperties(
  exchangeOf: (request: object) => Exchange,
  expressCompat: boolean,
): PropertyDescriptorMap {
  const session = property('session', (request) => exchangeOf(request).requestSession);
  return expressCompat
    ? { session, sessionID: property('sessionID', (request) => exchangeOf(request).sessionId) }
    : { session };
}

function property(name: string, read: (request: object) => unknown): PropertyDescriptor {
  return {
    configurable: true,
    get(this: object) {
      return read(this);
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, configurable: true, writable: true, enumerable: true });
    },
  };
}
