import fc from 'fast-check';

/** Names that mean something to JavaScript, to JSON or to Django. */
const SPECIAL_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'length',
  '0',
  '10',
  '',
  'null',
];

export const names = fc.oneof(
  fc.constantFrom(...SPECIAL_NAMES, 'é', '清', '\ud83d', '\u2028'),
  fc.string({ maxLength: 6 }),
);

/** Values that JSON holds, as JSON gives them back. */
export const jsonValues: fc.Arbitrary<unknown> = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('NaN', 'Infinity', 'null', '\ud83d', '"', '\\', '\u0000', '\u007f'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
    ),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
