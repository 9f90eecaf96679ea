import { createHash } from 'node:crypto';

/** A script that Redis runs on one key, all at once and on the primary. */
export class RedisScript {
  readonly sha: string;

  constructor(readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }
}
