import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { python } from '../support/services.js';
import type { Operation } from './operations.js';

const program = fileURLToPath(new URL('project/serve.py', import.meta.url));

/** What Django's test client makes of a response. */
export interface DjangoResponse {
  readonly status: number;
  readonly setCookie: string[];
  readonly vary: string | null;
  readonly body: string;
}

export interface DjangoUserRow {
  readonly id: number;
  readonly passwordHash: string;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** A real Django in a process of its own, as long as a test needs it. */
export class Django {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  /** One command at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param settings what settings.py says beyond what all tests share */
  constructor(settings: Record<string, unknown>) {
    const env = { ...process.env, TEST_SETTINGS: JSON.stringify(settings), PYTHONDONTWRITEBYTECODE: '1' };
    this.#process = spawn(python, [program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** From here on, for Django, it is so many seconds later than it really is. */
  travel(seconds: number): Promise<void> {
    return this.#command('travel', seconds);
  }

  manage(...command: string[]): Promise<void> {
    return this.#command('manage', ...command);
  }

  /** `manage.py clearsessions`. */
  clearExpired(): Promise<unknown> {
    return this.manage('clearsessions');
  }

  createUser(name: string, password: string): Promise<DjangoUserRow> {
    return this.#command('create_user', name, password);
  }

  /** Gives the new hash. */
  changePassword(name: string, password: string): Promise<string> {
    return this.#command('change_password', name, password);
  }

  /** A request with that Cookie header. */
  request(cookie: string | undefined, operations: readonly Operation[]): Promise<DjangoResponse> {
    return this.#command('request', cookie ?? null, operations);
  }

  /** Requests that are all at work at once. Gives their statuses. */
  requests(cookie: string, each: readonly (readonly Operation[])[]): Promise<number[]> {
    return this.#command('requests', cookie, each);
  }

  /** Stores a session with exactly the data of that JSON and gives its key. */
  create(json: string): Promise<string> {
    return this.#command('create', json);
  }

  /** The data of a session in Python's JSON; null when it is unknown. */
  read(key: string): Promise<string | null> {
    return this.#command('read', key);
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  #command<Result>(...command: unknown[]): Promise<Result> {
    const result = this.#last.then(async () => {
      this.#process.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error('Django has ended. Its last words are above.');
      const { result, error } = JSON.parse(value as string) as Answer;
      if (error !== undefined) throw new Error(`Django failed to ${String(command[0])}:\n${error}`);
      return result as Result;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
