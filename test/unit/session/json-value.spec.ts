import { runInNewContext } from 'node:vm';
import { SessionValueError } from '../../../src/errors/index.js';
import { assertJsonValue } from '../../../src/session/json-value.js';

class Custom {
  value = 1;
}

describe('assertJsonValue', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['booleans', [true, false]],
    ['texts', ['', 'x', '\ud800', '\u0000']],
    ['numbers', [0, -0, 1.5, 1e308, 5e-324, Number.MAX_SAFE_INTEGER]],
    ['nested arrays and objects', { a: [{ b: [[], {}] }] }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an object of another realm', runInNewContext('({ a: [1, { b: null }] })')],
    ['hostile names', JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":"x","toJSON":1}')],
    ['one object in two places', ((shared) => [shared, { shared }])({ a: 1 })],
    ['a frozen object', Object.freeze({ a: Object.freeze([1]) })],
    ['depth', JSON.parse('['.repeat(1000) + ']'.repeat(1000))],
  ])('accepts %s', (_name, value) => {
    expect(() => assertJsonValue('key', value)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined at key'],
    ['a function', () => 1, 'a function at key'],
    ['a class', Custom, 'a function at key'],
    ['a symbol', Symbol('s'), 'a symbol at key'],
    ['a BigInt', 1n, 'a BigInt at key'],
    ['NaN', Number.NaN, 'NaN at key'],
    ['-Infinity', -Infinity, '-Infinity at key'],
    ['a Date', new Date(0), 'a Date at key'],
    ['an invalid Date', new Date(Number.NaN), 'a Date at key'],
    ['a Date of another realm', runInNewContext('new Date(0)'), 'a Date at key'],
    ['a Map', new Map(), 'a Map at key'],
    ['a WeakMap', new WeakMap(), 'a WeakMap at key'],
    ['a typed array', new Uint8Array(2), 'a Uint8Array at key'],
    ['a URL', new URL('http://localhost'), 'a URL at key'],
    ['a class instance', new Custom(), 'a Custom at key'],
    [
      'an instance of an anonymous class',
      new (class {
        value = 1;
      })(),
      'a class instance at key',
    ],
    ['an object that inherits', Object.create({ inherited: 1 }), 'at key'],
    ['what is inside of an array', [1, [new Custom()]], 'a Custom at key[1][0]'],
    ['what is inside of an object', { a: { b: [{ c: 1n }] } }, 'a BigInt at key.a.b[0].c'],
    [
      'what is behind __proto__',
      JSON.parse('{"__proto__":{"a":[null]}}', (_name, member) => member ?? Number.NaN),
      'NaN at key.__proto__.a[0]',
    ],
    ['a hole in an array', Array.from({ length: 2 }).fill(1, 0, 1), 'undefined at key[1]'],
  ])('refuses %s and says where it is', (_name, value, where) => {
    expect(() => assertJsonValue('key', value)).toThrow(SessionValueError);
    expect(() => assertJsonValue('key', value)).toThrow(where);
  });

  it('refuses a cycle, but not an object that merely comes twice', () => {
    const cycle: unknown[] = [];
    cycle.push({ back: cycle });
    expect(() => assertJsonValue('key', [cycle])).toThrow('an object that contains itself at key[0][0].back');
  });

  it('refuses what is nested so deep that JSON.stringify could overflow the stack, and says so briefly', () => {
    const deep: unknown = JSON.parse('{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000));
    expect(() => JSON.stringify(deep)).toThrow(RangeError);
    expect(() => assertJsonValue('key', deep)).toThrow(SessionValueError);
    expect(() => assertJsonValue('key', deep)).toThrow(/more than 1000 levels of nesting at key[.a]{1,200}….{0,100}$/);
  });

  it('never says what a value is, only of what kind and where', () => {
    const secret = 'top-secret';
    const holder = { secret, wrong: Object.assign(new Custom(), { secret }) };
    expect(() => assertJsonValue('key', holder)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });
});
