import { createHash } from 'node:crypto';

/** A script that Redis runs on one key, all at once and on the primary. */
export class RedisScript {
  readonly sha: string;

  constructor(readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }
}

/** Introduces a script to a server that does not know it: it was restarted, or is asked for the first time. */
export function unlessUnknown(introduce: () => Promise<unknown>): (error: unknown) => Promise<unknown> {
  return async (error) => {
    if (String(Object(error).message).startsWith('NOSCRIPT')) return introduce();
    throw error;
  };
}
