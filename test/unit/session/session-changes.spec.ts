import { SessionValueError } from '../../../src/errors/index.js';
import { SessionChanges } from '../../../src/session/session-changes.js';

const increment = (current: unknown): number => ((current as number | undefined) ?? 0) + 1;
const double = (current: unknown): number => (current as number) * 2;

function applied(
  changes: SessionChanges,
  newest: Record<string, unknown>,
  own: Record<string, unknown> = {},
): Record<string, unknown> {
  const values = new Map(Object.entries(newest));
  changes.applyTo(values, new Map(Object.entries(own)));
  return Object.fromEntries(values);
}

function changes(record: (changes: SessionChanges) => void): SessionChanges {
  const recorded = new SessionChanges();
  record(recorded);
  return recorded;
}

describe('SessionChanges', () => {
  it('are empty until something is done', () => {
    expect(new SessionChanges().isEmpty).toBe(true);
    expect(changes((it) => it.set('a')).isEmpty).toBe(false);
    expect(changes((it) => it.delete('a')).isEmpty).toBe(false);
    expect(changes((it) => it.compute('a', increment)).isEmpty).toBe(false);
    expect(changes((it) => it.clear()).isEmpty).toBe(false);
  });

  it('name the keys that were changed, and which of them have a value of their own', () => {
    const recorded = changes((it) => {
      it.set('set');
      it.delete('deleted');
      it.compute('computed', increment);
    });
    expect([...recorded.keys()]).toEqual(['set', 'deleted', 'computed']);
    expect([recorded.has('computed'), recorded.has('other')]).toEqual([true, false]);
    expect(['set', 'deleted', 'computed', 'other'].map((key) => recorded.hasSet(key))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('put what was set onto the newest values and leave the others alone', () => {
    const recorded = changes((it) => it.set('a'));
    expect(applied(recorded, { a: 'theirs', b: 'theirs' }, { a: 'mine', b: 'mine' })).toEqual({
      a: 'mine',
      b: 'theirs',
    });
  });

  it('delete what was deleted, whoever has set it since, and do not mind when it is gone', () => {
    const recorded = changes((it) => it.delete('a'));
    expect(applied(recorded, { a: 1, b: 2 })).toEqual({ b: 2 });
    expect(applied(recorded, { b: 2 })).toEqual({ b: 2 });
  });

  it('run computations again on the newest value, in their order', () => {
    const recorded = changes((it) => {
      it.compute('n', increment);
      it.compute('n', double);
    });
    expect(applied(recorded, { n: 10 }, { n: 2 })).toEqual({ n: 22 });
    expect(applied(recorded, {}, { n: 2 })).toEqual({ n: 2 });
  });

  it('take the result of a computation for a value that was set, deleted or cleared before', () => {
    for (const before of ['set', 'delete', 'clear'] as const) {
      const recorded = changes((it) => {
        it[before]('n');
        it.compute('n', increment);
      });
      expect(recorded.hasSet('n')).toBe(true);
      expect(applied(recorded, { n: 10 }, { n: 1 })).toEqual({ n: 1 });
    }
  });

  it('let the last thing that was done to a key count', () => {
    const deleted = changes((it) => {
      it.set('a');
      it.delete('a');
    });
    expect(applied(deleted, { a: 1 })).toEqual({});
    const set = changes((it) => {
      it.compute('a', increment);
      it.set('a');
    });
    expect(applied(set, { a: 10 }, { a: 5 })).toEqual({ a: 5 });
  });

  it('remove everything when the session was cleared, then do what came after', () => {
    const recorded = changes((it) => {
      it.set('before');
      it.clear();
      it.set('after');
    });
    expect(applied(recorded, { before: 1, theirs: 2, after: 3 }, { after: 4 })).toEqual({ after: 4 });
  });

  it('refuse a computation whose result on the newest value JSON cannot hold', () => {
    const recorded = changes((it) => it.compute('n', (current) => (current === 'theirs' ? undefined : 1)));
    expect(() => applied(recorded, { n: 'theirs' })).toThrow(SessionValueError);
    const divided = changes((it) => it.compute('n', (current) => 1 / (current as number)));
    expect(() => applied(divided, { n: 0 })).toThrow('"n" holds Infinity at n');
  });

  it.each<[string, (it: SessionChanges) => void, (it: SessionChanges) => void, Record<string, unknown>]>([
    ['compute + compute', (it) => it.compute('n', increment), (it) => it.compute('n', double), { n: 22, own: 1 }],
    ['compute + set', (it) => it.compute('n', increment), (it) => it.set('n'), { n: 5, own: 1 }],
    ['compute + delete', (it) => it.compute('n', increment), (it) => it.delete('n'), { own: 1 }],
    ['compute + clear', (it) => it.compute('n', increment), (it) => it.clear(), {}],
    ['set + compute', (it) => it.set('n'), (it) => it.compute('n', increment), { n: 5, own: 1 }],
    ['delete + compute', (it) => it.delete('n'), (it) => it.compute('n', increment), { n: 5, own: 1 }],
    ['clear + compute', (it) => it.clear(), (it) => it.compute('n', increment), { n: 5 }],
    ['set + delete', (it) => it.set('n'), (it) => it.delete('n'), { own: 1 }],
    ['nothing + set', () => undefined, (it) => it.set('n'), { n: 5, own: 1 }],
    ['set + nothing', (it) => it.set('n'), () => undefined, { n: 5, own: 1 }],
  ])('that failed and those since then become one: %s', (_name, earlier, later, expected) => {
    const recorded = changes(earlier);
    recorded.append(changes(later));
    expect(applied(recorded, { n: 10, own: 1 }, { n: 5 })).toEqual(expected);
  });
});
