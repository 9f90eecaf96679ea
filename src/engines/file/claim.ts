import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode } from './system-error.js';

const NAME = /^(?<base>\.nest-sessions-.+)\.(?<place>[0-9a-f]{8})-(?<pid>\d+)-(?<id>[0-9a-f]{16})\.tmp$/s;
const PLACE = thisPlace();

/** A file that one process writes on its way to a lock or a session. Its name tells which process that is. */
export class Claim {
  private constructor(
    readonly path: string,
    /** The path of the lock that it is for. */
    readonly lock: string,
    /** Never used twice. */
    readonly id: string,
    private readonly place: string,
    private readonly pid: number,
  ) {}

  static make(folder: string, name: string): Claim {
    const id = randomBytes(8).toString('hex');
    const base = join(folder, `.nest-sessions-${name}`);
    return new Claim(`${base}.${PLACE}-${process.pid}-${id}.tmp`, `${base}.lock`, id, PLACE, process.pid);
  }

  /** The claim that an entry of the folder is, if it is one. */
  static at(folder: string, entry: string): Claim | undefined {
    const { base, place = '', pid, id = '' } = NAME.exec(entry)?.groups ?? {};
    if (base === undefined) return undefined;
    return new Claim(join(folder, entry), join(folder, `${base}.lock`), id, place, Number(pid));
  }

  /** Whether its process is known to have ended, which is final. Nothing is known of a process of another container. */
  get isAbandoned(): boolean {
    if (this.place !== PLACE) return false;
    try {
      process.kill(this.pid, 0);
      return false;
    } catch (error) {
      return hasCode(error, 'ESRCH');
    }
  }
}

/** What process ids refer to: this machine, or this container on it. */
function thisPlace(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux, so process ids mean the same everywhere on the machine.
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8);
}
