import type { ServerResponse } from 'node:http';
import { replaceHead, takeHead } from './response-head.js';
import { type HeldResponse, showAsSent } from './show-as-sent.js';

/** What a gate asks of the exchange that it stands before. */
export interface GateKeeper {
  /** Finishes what must be done before a head with this status may leave; undefined when there is nothing to wait for. */
  settle(status: number): Promise<void> | undefined;
  /** Adds to the headers. Called once, right before the head is written. */
  decorate(response: ServerResponse): void;
  /** Finishes what must be done before the response ends, its head being gone; called again when it is over. */
  finish(): Promise<void> | undefined;
  /** The answer to send in place of the one that was held, if nothing of that has left yet. */
  answerFor(error: unknown): { status: number; body: object };
}

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders';
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Call = (...args: any[]) => unknown;
type Methods = Record<Method, Call>;
type Gated = Methods & { [GATE]: ResponseGate | undefined };

const GATE = Symbol('nest-sessions:gate');

/** What a response that may have a gate does instead. One set of functions for all, so that it costs a request little. */
const gated = {
  writeHead(this: Gated, ...args: unknown[]): unknown {
    return pass(this, 'writeHead', args);
  },
  write(this: Gated, ...args: unknown[]): unknown {
    return pass(this, 'write', args);
  },
  end(this: Gated, ...args: unknown[]): unknown {
    return pass(this, 'end', args);
  },
  flushHeaders(this: Gated, ...args: unknown[]): unknown {
    return pass(this, 'flushHeaders', args);
  },
};

function pass(response: Gated, method: Method, args: unknown[]): unknown {
  const gate = response[GATE];
  return gate ? gate.pass(method, args) : Object.getPrototypeOf(response)[method].apply(response, args);
}

/** Makes room for a gate in a response of which nobody has changed a method yet: where it stands, if one is made. */
export function makeRoomForGate(response: ServerResponse): void {
  const room = response as object as Gated;
  // One by one: Object.assign takes several times as long.
  room[GATE] = undefined;
  room.writeHead = gated.writeHead;
  room.write = gated.write;
  room.end = gated.end;
  room.flushHeaders = gated.flushHeaders;
}

/**
 * Holds back the head of a raw response until the session is stored, whichever way the response is sent: by an interceptor,
 * a guard's exception, `@Res()`, a stream or a 404. Nothing has left while it waits, so a failure is still a clean error.
 * The end of a stream waits too, for what was changed while the stream was under way.
 */
export class ResponseGate implements HeldResponse {
  readonly #response: ServerResponse;
  readonly #keeper: GateKeeper;
  readonly #originals: Methods;
  #state: 'open' | 'waiting' | 'passed' | 'refused' = 'open';
  /** The calls that wait, in their order. */
  #held: [Method, unknown[]][] = [];
  /** Who, told to pause meanwhile, asked to be called when the response takes more. */
  #paused: Call[] = [];
  #isHeadGone = false;
  #isFinished = false;
  #isWatching = false;
  #isClosed = false;

  constructor(response: ServerResponse, keeper: GateKeeper) {
    const hasRoom = Object.hasOwn(response, GATE);
    const { writeHead, write, end, flushHeaders }: Methods = hasRoom ? Object.getPrototypeOf(response) : response;
    this.#response = response;
    this.#keeper = keeper;
    this.#originals = { writeHead, write, end, flushHeaders };
    if (!hasRoom) makeRoomForGate(response);
    (response as object as Gated)[GATE] = this;
  }

  /** The head has left, or is beyond recall. */
  get isPassed(): boolean {
    return this.#state === 'passed' || this.#state === 'refused';
  }

  /** The end is among what waits. */
  get isEnded(): boolean {
    return this.#held.some(([method]) => method === 'end');
  }

  pause(listener: Call): void {
    this.#paused.push(listener);
  }

  pass(method: Method, args: unknown[]): unknown {
    if (this.#state === 'open') return this.#arrive(method, args);
    if (this.#state === 'passed') return method === 'end' ? this.#leave(args) : this.#forward(method, args);
    if (this.#state === 'waiting') this.#held.push([method, args]);
    return method === 'write' ? false : this.#response;
  }

  /** The connection is gone. What a stream changed before that is still stored. */
  close(): void {
    this.#isClosed = true;
    if (this.#state === 'passed') this.#finishQuietly();
  }

  /** The first call that makes Node write the head. */
  #arrive(method: Method, args: unknown[]): unknown {
    const response = this.#response;
    if (method === 'writeHead') takeHead(response, args);
    try {
      const settled = this.#keeper.settle(response.statusCode);
      if (settled) return this.#wait(settled, method, args);
      this.#open();
    } catch (error) {
      this.#held.push([method, args]);
      return this.#refuse(error);
    }
    const result = this.#forward(method, args);
    if (method === 'end') this.#finishQuietly();
    else this.#watchConnection();
    return result;
  }

  /** The end of a response whose head left earlier. */
  #leave(args: unknown[]): unknown {
    try {
      const finished = this.#isFinished ? undefined : this.#finish();
      if (finished) return this.#wait(finished, 'end', args);
    } catch (error) {
      return this.#refuse(error);
    }
    return this.#forward('end', args);
  }

  #wait(until: Promise<void>, method: Method, args: unknown[]): unknown {
    this.#state = 'waiting';
    this.#held.push([method, args]);
    this.#watchConnection();
    void this.#goOnAfter(until, showAsSent(this.#response, this));
    return method === 'write' ? false : this.#response;
  }

  async #goOnAfter(until: Promise<void>, restore: () => void): Promise<void> {
    try {
      await until;
    } catch (error) {
      restore();
      this.#refuse(error);
      return;
    }
    restore();
    this.#release();
  }

  #release(): void {
    const calls = this.#held;
    let flows: unknown;
    try {
      if (!this.#isHeadGone) this.#open();
      this.#state = 'passed';
      this.#held = [];
      for (const [method, args] of calls) {
        const result = this.pass(method, args);
        if (method === 'write') flows = result;
      }
    } catch (error) {
      // Whoever made the call has long gone on.
      this.#refuse(error);
      return;
    }
    if (flows === true && !this.#response.writableEnded) this.#resume();
    if (this.#isClosed) this.#finishQuietly();
  }

  /** A stream that was told to pause while the session was stored goes on now. */
  #resume(): void {
    const response = this.#response;
    const listeners = response.rawListeners('drain');
    response.emit('drain');
    // Compression takes such listeners for itself, and then knows nothing of this pause.
    for (const listener of this.#paused) if (!listeners.includes(listener)) listener.call(response);
  }

  #watchConnection(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#response.on('close', closed);
  }

  #open(): void {
    this.#keeper.decorate(this.#response);
    this.#state = 'passed';
    this.#isHeadGone = true;
  }

  #finish(): Promise<void> | undefined {
    this.#isFinished = true;
    return this.#keeper.finish();
  }

  /** Nobody is left who could be told of a failure; the keeper has logged it. */
  #finishQuietly(): void {
    if (this.#isFinished) return;
    try {
      this.#finish()?.catch(() => undefined);
    } catch {}
  }

  /** Answers with the error instead. When that is too late the connection is broken off, so that nobody takes it for a success. */
  #refuse(error: unknown): unknown {
    const response = this.#response;
    const { status, body } = this.#keeper.answerFor(error);
    if (response.headersSent) response.destroy(error as Error);
    else this.#answer(status, JSON.stringify(body));
    this.#state = 'refused';
    this.#held = [];
    return response;
  }

  #answer(status: number, body: string): void {
    // What still writes, e.g. server-sent events, does so until the connection closes.
    replaceHead(this.#response, { status, length: Buffer.byteLength(body), closes: !this.isEnded });
    // Node calls its methods on the response itself, so the gate must let them through until the answer has left.
    this.#state = 'passed';
    this.#forward('end', [body]);
  }

  #forward(method: Method, args: unknown[]): unknown {
    return this.#originals[method].apply(this.#response, args);
  }
}

function closed(this: object): void {
  (this as Gated)[GATE]?.close();
}
