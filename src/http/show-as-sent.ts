import type { ServerResponse } from 'node:http';

/** What a response that waits asks of whoever holds it back. */
export interface HeldResponse {
  readonly isEnded: boolean;
  /** Somebody who was told to pause wants to be called when the response takes more. */
  pause(listener: (...args: unknown[]) => void): void;
}

/**
 * Makes a response that waits look as it would, had Node got already what is held back: whoever else wants to answer must
 * see that it is too late. Returns what ends that.
 */
export function showAsSent(response: ServerResponse, held: HeldResponse): () => void {
  const { on } = response;
  return overlay(response, {
    headersSent: () => true,
    writableEnded: () => held.isEnded,
    writeHead: () => refuseHeaders,
    setHeader: () => refuseHeaders,
    appendHeader: () => refuseHeaders,
    removeHeader: () => refuseHeaders,
    on: () => (event: string, listener: (...args: unknown[]) => void) => {
      if (event === 'drain') held.pause(listener);
      return on.call(response, event, listener);
    },
  });
}

function refuseHeaders(): never {
  throw Object.assign(new Error('Cannot change headers after they are sent to the client'), {
    code: 'ERR_HTTP_HEADERS_SENT',
  });
}

/** Gives an object properties that are worked out at each use, and returns what makes it as it was before. */
function overlay(target: object, getters: Readonly<Record<string, () => unknown>>): () => void {
  const before = Object.keys(getters).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get, configurable: true });
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else Reflect.deleteProperty(target, name);
    }
  };
}
