import { drive, type Limit } from '../client/drive.js';
import { Visitor } from '../client/visitor.js';
import type { Subject, Work } from '../subjects/catalogue.js';
import type { Shape } from '../subjects/contents.js';
import type { ServerProcess } from './server-process.js';

/** What contestants are to do. */
export interface Scenario extends Shape {
  readonly work: Work;
  readonly connections: number;
  /** Whether all connections work on one session. @default each has its own */
  readonly isShared?: boolean;
}

/** What one stretch of work took. */
export interface Sample {
  readonly requests: number;
  readonly seconds: number;
  /** Microseconds of the server's CPU time, user and system, for one request. */
  readonly cpu: number;
  /** Bytes that the server allocated on its JavaScript heap for one request. */
  readonly allocated: number;
  /** How much of a core the client took. */
  readonly clientShare: number;
  /** Of a shared session: the share of counted requests that the counter knows of. */
  readonly kept?: number;
}

/** Seconds of work before each stretch, until caches are warm and connections are used to it. */
const LEAD_IN = 0.4;

/** A subject with its running application, and those who visit it. */
export class Contestant {
  #scenario: Scenario | undefined;
  #visitors: readonly Visitor[] = [];

  /** @param servers more than one where the application runs in several processes */
  constructor(
    readonly subject: Subject,
    readonly servers: readonly ServerProcess[],
  ) {}

  /** Lets visitors begin their sessions and make the servers warm. */
  prepare(scenario: Scenario, warmUp: Limit): Promise<void> {
    return this.#blamed(async () => {
      const { work, size, keys } = scenario;
      for (const server of this.servers) await server.ask('shape', { size, keys });
      this.#scenario = scenario;
      this.#visitors = await this.#welcome(scenario);
      await this.#whileConnected(() => drive(this.#visitors, work, warmUp));
    });
  }

  /** One stretch of work. */
  measure(seconds: number): Promise<Sample> {
    return this.#blamed(() =>
      this.#whileConnected(async () => {
        const { work, isShared } = this.#scenario!;
        await drive(this.#visitors, work, { seconds: Math.min(LEAD_IN, seconds) });
        const countBefore = isShared ? await this.#visitors[0]!.count() : 0;
        for (const server of this.servers) await server.ask('begin');
        const driven = await drive(this.#visitors, work, { seconds });
        const sample = { ...driven, cpu: 0, allocated: 0 };
        for (const server of this.servers) {
          const { cpu, allocated } = await server.ask('end');
          sample.cpu += cpu / driven.requests;
          sample.allocated += allocated / driven.requests;
        }
        if (isShared) return { ...sample, kept: ((await this.#visitors[0]!.count()) - countBefore) / driven.requests };
        // What the last requests stored must be there too.
        const isStored = work !== 'untouched' && this.subject.works.includes('read');
        if (isStored) await Promise.all(this.#visitors.map((visitor) => visitor.visit('read')));
        return sample;
      }),
    );
  }

  /** Works under the profiler, which writes to that path. Returns for how many requests. */
  profile(path: string, seconds: number): Promise<number> {
    return this.#blamed(() =>
      this.#whileConnected(async () => {
        const [server] = this.servers;
        await server!.ask('profile');
        const { requests } = await drive(this.#visitors, this.#scenario!.work, { seconds });
        await server!.ask('saveProfile', path);
        return requests;
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #welcome({ connections, isShared }: Scenario): Promise<Visitor[]> {
    const portOf = (index: number): number => this.servers[index % this.servers.length]!.port;
    const first = new Visitor(portOf(0));
    if (this.subject.works.includes('new')) await first.begin();
    const others = Array.from({ length: connections - 1 }, async (_, index) => {
      if (isShared) return first.companion(portOf(index + 1));
      const visitor = new Visitor(portOf(index + 1));
      if (this.subject.works.includes('new')) await visitor.begin();
      return visitor;
    });
    return [isShared ? first.companion() : first, ...(await Promise.all(others))];
  }

  /** Connections do not last from one stretch to the next: servers close those that are idle for a few seconds. */
  async #whileConnected<T>(task: () => Promise<T>): Promise<T> {
    await Promise.all(this.#visitors.map((visitor) => visitor.connect()));
    try {
      return await task();
    } finally {
      for (const visitor of this.#visitors) visitor.disconnect();
    }
  }

  async #blamed<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      throw new Error(`${this.subject.id}: ${(error as Error).message}`, { cause: error });
    }
  }
}
