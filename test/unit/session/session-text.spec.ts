import { SessionValueError } from '../../../src/errors/index.js';
import { jsonText, serializedText, type SessionSerializer } from '../../../src/session/session-text.js';
import { vectors } from '../../support/vectors.js';

/** What a request makes of a session text: changes some entries, and leaves the others alone. */
function rewrite(text: string, changes: Record<string, unknown> = {}): string {
  const values = jsonText.read(text);
  for (const [key, value] of Object.entries(changes)) values.set(key, value);
  return jsonText.write(values, text, new Set(Object.keys(changes)));
}

describe('jsonText', () => {
  it.each([
    ['NaN', '{"x":NaN}'],
    ['the infinities', '{"x":[Infinity,-Infinity]}'],
    ['-0.0', '{"x":-0.0}'],
    ['1.0', '{"x":1.0}'],
    ['2^53 + 1', '{"x":9007199254740993}'],
    ['an integer of 40 digits', '{"x":1234567890123456789012345678901234567890}'],
    ['1e+16 and 1e-07', '{"x":[1e+16,1e-07]}'],
    ['unicode escapes', '{"x":"\\u00e9 \\ud83d\\ude00 \\u0041 \\/"}'],
    ['equal keys inside of a value', '{"x":{"a":1,"a":2}}'],
    ['space inside of a value', '{"x":[1, 2,  {"a" : 3}]}'],
    ['brackets and quotes in texts', '{"x":"}],{[\\"\\\\"}'],
    ['NaN in a text', '{"x":"NaN, Infinity and \\"-Infinity\\""}'],
    ['hostile keys', '{"x":{"__proto__":{"a":1.0},"constructor":NaN}}'],
    ['a lone surrogate', '{"x":"\\ud800"}'],
  ])('keeps %s byte for byte in an entry that nobody changed', (_name, text) => {
    expect(rewrite(text)).toBe(text);
    const inner = text.slice(1, -1);
    expect(rewrite(`{"a":1,${inner},"b":2}`, { a: 5, b: [6], c: 'new' })).toBe(`{"a":5,${inner},"b":[6],"c":"new"}`);
  });

  it('keeps an entry that was read, even changed inside, when nobody says that it was changed', () => {
    const text = '{"x":{"n":1.0}}';
    const values = jsonText.read(text);
    (values.get('x') as { n: number }).n = 2;
    expect(jsonText.write(values, text, new Set())).toBe(text);
    expect(jsonText.write(values, text, new Set(['x']))).toBe('{"x":{"n":2}}');
  });

  it('lets the last of equal keys count', () => {
    expect(Object.fromEntries(jsonText.read('{"a":1,"b":0,"a":2}'))).toEqual({ a: 2, b: 0 });
    expect(rewrite('{"a":1.0,"b":0,"a":2.0}', { b: 3 })).toBe('{"a":2.0,"b":3}');
  });

  it('leaves out what was deleted, and compresses the space between entries', () => {
    const text = ' { "a" : 1.0 , "b" : [ 2 ] } ';
    const values = jsonText.read(text);
    values.delete('a');
    expect(jsonText.write(values, text, new Set(['a']))).toBe('{"b":[ 2 ]}');
  });

  it('writes a whole session that has no text yet', () => {
    const values = new Map<string, unknown>([
      ['name', 'Bjørn'],
      ['__proto__', { x: 1 }],
      ['list', [null, true, 1.5]],
    ]);
    expect(jsonText.write(values)).toBe('{"name":"Bj\\u00f8rn","__proto__":{"x":1},"list":[null,true,1.5]}');
    expect(jsonText.write(new Map())).toBe('{}');
  });

  it.each<{ name: string; serialized: string }>(vectors.session_data)(
    'reads and rewrites the session $name of Django byte for byte',
    ({ serialized }) => {
      expect(rewrite(serialized)).toBe(serialized);
      expect(rewrite(serialized, { added: 1 })).toContain(serialized.slice(0, -1));
    },
  );

  it.each(['[1,2]', 'null', '1', '"text"', '', '{', '{"a":undefined}', "{'a':1}", '{"a":1}x', '\ufeff{}'])(
    'refuses the text %p, which is no object',
    (text) => {
      expect(() => jsonText.read(text)).toThrow(SyntaxError);
    },
  );

  describe('integers beyond 2^53', () => {
    const text = '{"ids":[9007199254740993,5],"other":1}';

    it('may be read, although rounded', () => {
      expect(jsonText.read(text).get('ids')).toEqual([9007199254740992, 5]);
    });

    it('are refused when a changed value would write one back rounded', () => {
      expect(() => rewrite(text, { ids: [9007199254740992, 5, 6] })).toThrow(SessionValueError);
      expect(() => rewrite(text, { ids: [9007199254740992, 5, 6] })).toThrow(/"ids" holds an integer beyond 2\^53/);
      expect(() => rewrite('{"id":-9007199254740993}', { id: { was: -9007199254740992 } })).toThrow(SessionValueError);
      const huge = '{"n":{"a":123456789012345678901234567890}}';
      expect(() => rewrite(huge, { n: { a: Number('123456789012345678901234567890'), b: 1 } })).toThrow(
        SessionValueError,
      );
    });

    it('are no obstacle once they are out of the value, in a text, or not rounded', () => {
      expect(rewrite(text, { ids: [5] })).toBe('{"ids":[5],"other":1}');
      expect(rewrite(text, { other: 2 })).toBe('{"ids":[9007199254740993,5],"other":2}');
      expect(rewrite('{"id":"9007199254740993"}', { id: '9007199254740993' })).toBe('{"id":"9007199254740993"}');
      expect(rewrite('{"t":"a \\" 9007199254740993"}', { t: 'a " 9007199254740992' })).toBe(
        '{"t":"a \\" 9007199254740992"}',
      );
      const both = '{"t":["9007199254740993",9007199254740992]}';
      expect(rewrite(both, { t: ['9007199254740993', 9007199254740992] })).toBe(both);
      expect(rewrite('{"even":9007199254740994}', { even: [9007199254740994] })).toBe('{"even":[9007199254740994]}');
      expect(rewrite('{"f":0.30000000000000004}', { f: [0.30000000000000004] })).toBe('{"f":[0.30000000000000004]}');
      expect(rewrite('{"f":1e+16}', { f: [1e16] })).toBe('{"f":[10000000000000000]}');
    });

    it('never show in the message', () => {
      expect(() => rewrite(text, { ids: [9007199254740992] })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('90071992547409') }),
      );
    });
  });
});

describe('serializedText', () => {
  const reversed: SessionSerializer = {
    dumps: (value) => [...JSON.stringify(value)].reverse().join(''),
    loads: (text) => JSON.parse([...text].reverse().join('')),
  };

  it("writes and reads with the application's own serializer", () => {
    const text = serializedText(reversed);
    const values = new Map<string, unknown>([
      ['name', 'Bjørn 😀'],
      ['__proto__', { x: 1 }],
    ]);
    expect([...text.read(text.write(values))]).toEqual([...values]);
  });

  it('hands the whole session to the serializer, whatever was changed', () => {
    const seen: unknown[] = [];
    const text = serializedText({ ...reversed, dumps: (value) => (seen.push(value), 'text') });
    expect(text.write(new Map(Object.entries({ a: 1, b: 2 })), '{}', new Set(['a']))).toBe('text');
    expect(seen).toEqual([{ a: 1, b: 2 }]);
  });

  it.each([[[]], [null], ['text'], [undefined], [5]])('refuses %p in place of an object', (loaded) => {
    expect(() => serializedText({ ...reversed, loads: () => loaded }).read('')).toThrow(SyntaxError);
  });

  it('does not pass on what a serializer says about a text, for that could quote it', () => {
    const error = ((): unknown => {
      try {
        return serializedText({ dumps: JSON.stringify, loads: JSON.parse }).read('{"secret":x}');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).not.toContain('secret');
    expect((error as Error).cause).toBeInstanceOf(SyntaxError);
  });
});
