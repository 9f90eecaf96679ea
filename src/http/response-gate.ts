import type { ServerResponse } from 'node:http';

/** What a gate asks of the exchange that it stands before. */
export interface GateKeeper {
  /** Finishes what must be done before a head with this status may leave; undefined when there is nothing to wait for. */
  settle(status: number): Promise<void> | undefined;
  /** Adds to the headers. Called once, right before the head is written. */
  decorate(response: ServerResponse): void;
  /** The answer to send in place of the one that was held, and nothing of which has left yet. */
  answerFor(error: unknown): { status: number; body: object };
}

const HELD = ['writeHead', 'write', 'end', 'flushHeaders'] as const;
type Held = (typeof HELD)[number];
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Call = (...args: any[]) => unknown;

/** Describe the body that is not sent. */
const BODY_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'transfer-encoding',
];

/**
 * Holds back the head of a raw response until the session is stored, whichever way the response is sent: by an interceptor,
 * a guard's exception, `@Res()`, a stream or a 404. Nothing has left while it waits, so a failure is still a clean error.
 */
export class ResponseGate {
  readonly #response: ServerResponse;
  readonly #keeper: GateKeeper;
  readonly #originals = new Map<Held, Call>();
  #state: 'open' | 'waiting' | 'passed' | 'refused' = 'open';
  #waiting: [Held, unknown[]][] = [];

  constructor(response: ServerResponse, keeper: GateKeeper) {
    this.#response = response;
    this.#keeper = keeper;
    for (const method of HELD) {
      this.#originals.set(method, (response[method] as Call).bind(response));
      response[method] = ((...args: unknown[]) => this.#pass(method, args)) as never;
    }
  }

  /** The head has left, or is beyond recall. */
  get isPassed(): boolean {
    return this.#state === 'passed' || this.#state === 'refused';
  }

  #pass(method: Held, args: unknown[]): unknown {
    if (this.#state === 'open') this.#arrive(method, args);
    if (this.#state === 'passed') return this.#forward(method, args);
    if (this.#state === 'waiting') this.#hold(method, args);
    return method === 'write' ? false : this.#response;
  }

  #arrive(method: Held, args: unknown[]): void {
    const status = method === 'writeHead' ? Number(args[0]) : this.#response.statusCode;
    let settled: Promise<void> | undefined;
    try {
      settled = this.#keeper.settle(status);
      if (!settled) return this.#open(method, args);
    } catch (error) {
      return this.#refuse(error);
    }
    this.#state = 'waiting';
    // What writes to the response now must see that it is too late for another answer.
    Object.defineProperty(this.#response, 'headersSent', { get: () => true, configurable: true });
    settled.then(
      () => this.#release(),
      (error: unknown) => this.#refuse(error),
    );
  }

  #hold(method: Held, args: unknown[]): void {
    // A second answer to one request is dropped, as it would be had the first one left at once.
    if (this.#waiting.at(-1)?.[0] !== 'end') this.#waiting.push([method, args]);
  }

  #release(): void {
    Reflect.deleteProperty(this.#response, 'headersSent');
    const calls = this.#waiting;
    this.#waiting = [];
    const [first] = calls;
    try {
      if (first) this.#open(first[0], first[1]);
    } catch (error) {
      return this.#refuse(error);
    }
    let wantsMore: unknown;
    for (const [method, args] of calls) wantsMore = this.#forward(method, args);
    // A stream that was told to pause while the session was stored goes on now.
    if (calls.at(-1)?.[0] === 'write' && wantsMore) this.#response.emit('drain');
  }

  /** Lets the first call through that makes Node write the head. */
  #open(method: Held, args: unknown[]): void {
    if (method === 'writeHead') takeHeaders(this.#response, args);
    this.#keeper.decorate(this.#response);
    this.#state = 'passed';
  }

  #refuse(error: unknown): void {
    Reflect.deleteProperty(this.#response, 'headersSent');
    const response = this.#response;
    const { status, body } = this.#keeper.answerFor(error);
    for (const name of BODY_HEADERS) response.removeHeader(name);
    response.statusCode = status;
    response.statusMessage = '';
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    // Node calls these on the response itself, so the gate must let them through until the answer has left.
    this.#state = 'passed';
    this.#forward('end', [JSON.stringify(body)]);
    this.#state = 'refused';
    this.#waiting = [];
  }

  #forward(method: Held, args: unknown[]): unknown {
    return this.#originals.get(method)!(...args);
  }
}

/** Moves the headers of a `writeHead` call into the response, so that others can be merged with them. */
function takeHeaders(response: ServerResponse, args: unknown[]): void {
  const headers = args.at(-1);
  if (typeof headers !== 'object' || headers === null) return;
  args.pop();
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    return;
  }
  const pairs: [string, string | string[]][] = Array.isArray(headers[0])
    ? headers
    : headers.flatMap((name, index) => (index % 2 ? [] : [[name, headers[index + 1]]]));
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name.toLowerCase())) response.appendHeader(name, value);
    else response.setHeader(name, value);
    seen.add(name.toLowerCase());
  }
}
