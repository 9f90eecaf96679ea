import fc from 'fast-check';
import type { Session } from '../../src/session/session.js';
import { type SessionRequest, SessionWorld } from '../support/session-world.js';
import { jsonValues, names } from './json-values.js';

type Values = Map<string, unknown>;
/** What the application got out of the session in this request, beside what it would have got out of the Map. */
type Held = [value: unknown, expected: unknown][];
type Action = (session: Session, model: Values, held: Held) => void;

/** Few, so that most of what is done is done to a key that is there. */
const keys = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b') },
  names.filter((name) => !name.startsWith('_')),
);
const values = fc.oneof(
  jsonValues,
  fc.constantFrom('[]', '{}', '[{}]').map((json) => JSON.parse(json) as unknown),
);
const NONE = { none: true };

/** What a session does at once, done to it and to a plain Map. What it returns must be the same. */
const actions: fc.Arbitrary<{ name: string; act: Action }> = fc.oneof(
  action('get', keys, fc.constant(null), (key) => (session, model, held) => {
    const [value, expected] = [session.get(key, NONE as never) as unknown, model.has(key) ? model.get(key) : NONE];
    same(value, expected);
    if (value !== NONE) held.push([value, expected]);
    expect(session.has(key)).toBe(model.has(key));
  }),
  action('set', keys, values, (key, value) => (session, model) => {
    session.set(key, value as never);
    model.set(key, copy(value));
  }),
  action('delete', keys, fc.constant(null), (key) => (session, model) => {
    expect(session.delete(key)).toBe(model.delete(key));
  }),
  action('pop', keys, values, (key, fallback) => (session, model) => {
    same(session.pop(key, fallback as never), model.has(key) ? model.get(key) : fallback);
    model.delete(key);
  }),
  action('setDefault', keys, values, (key, value) => (session, model) => {
    const result = session.setDefault(key, value as never);
    if (!model.has(key)) model.set(key, copy(value));
    same(result, model.get(key));
  }),
  action('compute', keys, values, (key, value) => (session, model) => {
    const result = session.compute(key, ((current: unknown = null) => [current, value]) as never);
    model.set(key, copy([model.get(key) ?? null, value]));
    same(result, model.get(key));
  }),
  action('update', fc.array(fc.tuple(keys, values), { maxLength: 3 }), fc.constant(null), (entries) => {
    return (session, model) => {
      session.update(Object.fromEntries(entries));
      for (const [key, value] of Object.entries(Object.fromEntries(entries))) model.set(key, copy(value));
    };
  }),
  action('change inside', keys, values, (key, value) => (session, model) => {
    changeInside(session.get(key), value);
    changeInside(model.get(key), copy(value));
  }),
  action('change what was got before', fc.nat({ max: 20 }), values, (index, change) => (_session, _model, held) => {
    if (held.length === 0) return;
    const [value, expected] = held[index % held.length]!;
    changeInside(value, change);
    changeInside(expected, copy(change));
  }),
  action('change inside what is replaced', keys, values, (key, value) => (session, model) => {
    const replaced = session.get(key);
    session.set(key, value as never);
    model.set(key, copy(value));
    changeInside(replaced, value);
  }),
  action('clear', fc.constant(null), fc.constant(null), () => (session, model) => {
    session.clear();
    model.clear();
  }),
);

/** What goes to the store, or comes from there. */
const events = fc.constantFrom('save' as const, 'next request' as const, 'cycleKey' as const, 'flush' as const);
const steps = fc.array(fc.oneof({ weight: 6, arbitrary: actions }, { weight: 3, arbitrary: events }), {
  maxLength: 25,
});

describe('a session', () => {
  it('does what a Map does, also when it is stored and loaded in between', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (sequence, hashKeys) => {
        const world = new SessionWorld({ hashKeys });
        const model: Values = new Map();
        const held: Held = [];
        let request = await world.request();
        for (const step of sequence) {
          if (typeof step === 'object') step.act(request.session, model, held);
          else if (step === 'next request') {
            request = await nextRequest(world, request);
            held.length = 0;
          } else if (step === 'flush') {
            await request.session.flush();
            model.clear();
          } else await request.session[step]();
          compare(request.session, model);
        }
        compare((await nextRequest(world, request)).session, model);
        expect(world.memory.size).toBe(request.session.key === undefined ? 0 : 1);
        expect(world.observer.errors).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

async function nextRequest(world: SessionWorld, request: SessionRequest): Promise<SessionRequest> {
  await request.commit();
  const { key } = request.session;
  return world.request(key === undefined ? [] : key);
}

function compare(session: Session, model: Values): void {
  expect(session.size).toBe(model.size);
  // JSON objects order keys that look like numbers first, and a Map does not.
  const sorted = (entries: Iterable<[string, unknown]>): [string, unknown][] =>
    [...entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
  same(sorted(session), sorted(model));
  same(session.keys().toSorted(), [...model.keys()].toSorted());
}

function same(value: unknown, expected: unknown): void {
  expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function changeInside(target: unknown, value: unknown): void {
  if (Array.isArray(target)) target.push(value);
  else if (typeof target === 'object' && target !== null) Object.assign(target, { inside: value });
}

function action<A, B>(
  name: string,
  first: fc.Arbitrary<A>,
  second: fc.Arbitrary<B>,
  act: (first: A, second: B) => Action,
): fc.Arbitrary<{ name: string; act: Action }> {
  return fc.tuple(first, second).map(([one, other]) => ({
    // Copies, because a session changes what it is given, and a sequence that fails is run again.
    act: (...subjects) => act(copy(one), copy(other))(...subjects),
    name,
    // What fast-check shows of a sequence that fails.
    [fc.toStringMethod]: () => `${name}(${JSON.stringify(one)}, ${JSON.stringify(other)})`,
  }));
}
