import { SessionValueError } from '../../../src/errors/index.js';
import { joinMembers, readJson, splitMembers, writeJson } from '../../../src/signing/json-text.js';
import { vectors } from '../../support/vectors.js';

interface JsonRow {
  name: string;
  serialized: string;
  value?: unknown;
}

interface BytesRow {
  name: string;
  bytes_hex: string;
}

/** Rows with numbers that JavaScript writes otherwise: 1.0 and integers beyond 2^53. */
const NOT_OF_JAVASCRIPT = ['big_int', 'long_list_compressed'];

const written: JsonRow[] = vectors.json.filter((row: JsonRow) => row.serialized !== undefined);
const holdable = written.filter(({ name }) => !NOT_OF_JAVASCRIPT.includes(name));

describe('writeJson', () => {
  it.each(holdable)('writes $name as Python does', ({ serialized, ...row }) => {
    expect(writeJson('value' in row ? row.value : readJson(serialized))).toBe(serialized);
  });

  it.each([
    ['Bjørn 清風 😀', '"Bj\\u00f8rn \\u6e05\\u98a8 \\ud83d\\ude00"'],
    ['\x7f\x80\xff\u2028', '"\\u007f\\u0080\\u00ff\\u2028"'],
    ['\b\t\n\f\r\0\x1f', '"\\b\\t\\n\\f\\r\\u0000\\u001f"'],
    ['\ud800', '"\\ud800"'],
    ['</script>&"\\/', '"</script>&\\"\\\\/"'],
  ])('writes the text %j as %s', (text, expected) => {
    expect(writeJson(text)).toBe(expected);
    expect(writeJson({ [text]: 1 })).toBe(`{${expected}:1}`);
    expect(readJson(expected)).toBe(text);
  });

  it('writes the numbers that JSON lacks as Python does, and null as null', () => {
    const value = { a: [Number.NaN, null], b: { c: Number.NEGATIVE_INFINITY, d: Number.POSITIVE_INFINITY }, e: 'NaN' };
    expect(writeJson(value)).toBe('{"a":[NaN,null],"b":{"c":-Infinity,"d":Infinity},"e":"NaN"}');
    expect(writeJson(Number.NaN)).toBe('NaN');
    expect(readJson(writeJson(value))).toEqual(value);
  });

  it.each([[undefined], [() => 1], [Symbol('s')]])('refuses %p, for which JSON has nothing', (value) => {
    expect(() => writeJson(value)).toThrow(SessionValueError);
  });
});

describe('readJson', () => {
  const loaded: Record<string, unknown> = {
    'loads:raw_utf8_bytes': { a: 'Ã¸æ¸\x85' },
    'loads:whitespace': { a: 1 },
    'loads:dup_keys': { a: 2 },
    'loads:empty_bytes': SyntaxError,
  };
  const rows: BytesRow[] = vectors.json.filter((row: BytesRow) => row.bytes_hex !== undefined);
  it.each(rows)('reads $name as Python does', ({ name, bytes_hex }) => {
    const text = Buffer.from(bytes_hex, 'hex').toString('latin1');
    const expected = loaded[name];
    if (expected === SyntaxError) expect(() => readJson(text)).toThrow(SyntaxError);
    else expect(readJson(text)).toEqual(expected);
  });

  it.each(written.filter((row) => 'value' in row))('reads $name', ({ serialized, value }) => {
    expect(readJson(serialized)).toEqual(value);
  });

  it.each([
    ['NaN', Number.NaN],
    [' -Infinity ', Number.NEGATIVE_INFINITY],
    ['[NaN,Infinity,-Infinity]', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['{"a":{"NaN":[ NaN ]}}', { a: { NaN: [Number.NaN] } }],
    ['["NaN","a\\"Infinity\\\\",NaN]', ['NaN', 'a"Infinity\\', Number.NaN]],
    ['{"\\\\":NaN,"NaN\\\\\\"NaN":"-Infinity"}', { '\\': Number.NaN, 'NaN\\"NaN': '-Infinity' }],
  ])('reads the constants of Python in %s', (text, expected) => {
    expect(readJson(text)).toEqual(expected);
  });

  it('keeps __proto__ an ordinary key, beside NaN too', () => {
    for (const text of ['{"__proto__":{"admin":true},"n":1}', '{"__proto__":{"admin":true},"n":NaN}']) {
      const value = readJson(text) as Record<string, unknown>;
      expect(Object.keys(value)).toEqual(['__proto__', 'n']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(value['admin']).toBeUndefined();
    }
  });

  it.each([
    '',
    ' ',
    'not json',
    '\ufeff{}',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{"a":undefined}',
    '{NaN:1}',
    '{Infinity:1}',
    'NaNNaN',
    '-NaN',
    '--Infinity',
    '1NaN',
    'NaN1',
    '"NaN',
    '["a":NaN}',
    'nan',
    'Infinit',
  ])('refuses %j without repeating it', (text) => {
    expect(() => readJson(text)).toThrow(new SyntaxError('The text is not JSON.'));
  });

  it('refuses NaN under more levels than can be read, as Python does', () => {
    const depth = 200_000;
    expect(() => readJson(`${'['.repeat(depth)}NaN${']'.repeat(depth)}`)).toThrow(SyntaxError);
  });
});

describe('splitMembers and joinMembers', () => {
  it.each(written)('bring $name back byte for byte', ({ serialized }) => {
    expect(joinMembers(splitMembers(serialized))).toBe(serialized);
  });

  it('keep numbers that JavaScript would change', () => {
    const text =
      '{"a":1.0,"b":9007199254740993,"c":NaN,"d":-0.0,"e":1e+16,"f":1e-07,"g":[1.0,-Infinity],"h":{"i":1E5}}';
    expect([...splitMembers(text)]).toEqual([
      ['a', '1.0'],
      ['b', '9007199254740993'],
      ['c', 'NaN'],
      ['d', '-0.0'],
      ['e', '1e+16'],
      ['f', '1e-07'],
      ['g', '[1.0,-Infinity]'],
      ['h', '{"i":1E5}'],
    ]);
    expect(joinMembers(splitMembers(text))).toBe(text);
  });

  it('keep the text of each value as it stands, without the white space around it', () => {
    const text = ' {\n"a" : [ 1 , {"b":"]},\\"" } ]\t,\r\n "c\\u00f8\\"" : "\\u00f8 \\\\" , "d":{ } , "e": true }\n ';
    expect([...splitMembers(text)]).toEqual([
      ['a', '[ 1 , {"b":"]},\\"" } ]'],
      ['cø"', '"\\u00f8 \\\\"'],
      ['d', '{ }'],
      ['e', 'true'],
    ]);
  });

  it.each(['{}', ' { } ', '{\n}'])('find no member in %j', (text) => {
    expect(splitMembers(text).size).toBe(0);
  });

  it('let the last of equal keys win, also when they are written differently', () => {
    expect([...splitMembers('{"a":1,"b":2,"\\u0061":3}')]).toEqual([
      ['a', '3'],
      ['b', '2'],
    ]);
  });

  it('take __proto__ and the empty key for ordinary keys', () => {
    const text = '{"__proto__":{"x":1},"":2,"constructor":3}';
    expect([...splitMembers(text).keys()]).toEqual(['__proto__', '', 'constructor']);
    expect(joinMembers(splitMembers(text))).toBe(text);
  });

  it('write keys in ASCII', () => {
    expect(joinMembers([['ключ', '1']])).toBe('{"\\u043a\\u043b\\u044e\\u0447":1}');
  });

  it.each([
    '',
    'null',
    '1',
    '"{}"',
    '[]',
    '[{"a":1}]',
    'NaN',
    '{',
    '}',
    '{}{}',
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{a:1}',
    '{NaN:1}',
    '{"a":1NaN}',
    '{"a":[1,}',
    '{"a":[1}',
    '{"a":{]}',
    '{"a":"b}',
    '{"a":"\\x"}',
    '{"a":"\n"}',
    '{"a":01}',
    '{"a":tru}',
    '\ufeff{}',
  ])('refuse %j, which is no object', (text) => {
    expect(() => splitMembers(text)).toThrow(SyntaxError);
  });

  it.each([
    ['one long string', `"${'a'.repeat(2 ** 20)}"`],
    ['escaped quotes', `"${'\\"'.repeat(2 ** 19)}"`],
    ['backslashes', `"${'\\\\'.repeat(2 ** 19)}"`],
    ['many strings', `[${Array.from({ length: 2 ** 17 }, () => '"},{]"').join(',')}]`],
    ['many numbers', `[${Array.from({ length: 2 ** 17 }, (_, n) => `${n}.0`).join(',')}]`],
    ['NaN behind many strings', `[${'"NaN",'.repeat(2 ** 17)}NaN]`],
    ['white space', `[${' '.repeat(2 ** 20)}]`],
  ])('read a megabyte of %s', (_name, value) => {
    const text = `{"first":${value},"second":${value}}`;
    const members = splitMembers(text);
    expect([...members.keys()]).toEqual(['first', 'second']);
    expect(members.get('first') === value && members.get('second') === value).toBe(true);
    expect(joinMembers(members) === text).toBe(true);
  });

  it('read 100,000 members', () => {
    const text = `{${Array.from({ length: 100_000 }, (_, n) => `"key ${n}":${n}.0`).join(',')}}`;
    const members = splitMembers(text);
    expect(members.size).toBe(100_000);
    expect(joinMembers(members) === text).toBe(true);
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('read 100,000 levels of %s without running out of stack', (_name, open, close) => {
    for (const innermost of ['1.0', 'NaN']) {
      const value = open.repeat(100_000) + innermost + close.repeat(100_000);
      expect(splitMembers(`{"deep":${value}}`).get('deep') === value).toBe(true);
    }
    expect(() => splitMembers(`{"deep":${open.repeat(100_000)}`)).toThrow(SyntaxError);
  });
});
