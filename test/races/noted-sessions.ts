import type { SessionEngine } from '../../src/engines/session-engine.js';
import type { SessionCodec } from '../../src/session/session-codec.js';
import { describeSession } from './session-model.js';

/** All sessions that were ever stored in a run, with the names that the model has for them. */
export class NotedSessions {
  readonly #keys = new Set<string>();
  readonly #names = new Map<string, string>();

  constructor(private readonly codec: SessionCodec) {}

  /** The engine, with every key noted under which it creates a session. */
  noting(engine: SessionEngine): SessionEngine {
    const create: SessionEngine['create'] = (key, session) => {
      this.#keys.add(key);
      return engine.create(key, session);
    };
    return new Proxy(engine, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (property === 'create') return create;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  /** The name of a session, which is made up when a request is first told of it. */
  nameOf(key: string, newName: () => string): string {
    const name = this.#names.get(key) ?? newName();
    this.#names.set(key, name);
    return name;
  }

  /** Whatever an engine can load, described as the model describes it. */
  async leftIn(engine: SessionEngine): Promise<string[]> {
    const left: string[] = [];
    for (const key of this.#keys) {
      const stored = await engine.load(key);
      const name = this.#names.get(key) ?? 'a session that nobody was told of';
      if (stored)
        left.push(describeSession(name, { values: this.#valuesIn(stored.data), expiresAt: stored.expiresAt }));
    }
    return left.sort();
  }

  #valuesIn(data: string): ReadonlyMap<string, unknown> {
    try {
      return this.codec.decode(data).values;
    } catch {
      return new Map([['this is no session', data]]);
    }
  }
}
