import fc from 'fast-check';

/** Numbers that Python keeps and JavaScript does not, beside those that both keep. */
const number = fc.oneof(
  fc.constantFrom('1.0', '-0.0', '0.0', '1e+16', '1e-07', '1e+22', 'NaN', 'Infinity', '-Infinity', '9007199254740993'),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

/** Also half a surrogate pair, which both languages let a text hold. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('Bjørn Ж 清風 😀', '\ud800', '\u007f\u2028', '</script>', '"\\\n', '__proto__', '0', '12'),
);

const scalar = fc.oneof(
  number,
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom('null', 'true', 'false'),
);

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map(objectText),
  ),
}));

/** The data of a session of Django's, as JSON that Python reads. */
export const pythonSession: fc.Arbitrary<string> = fc
  .array(fc.tuple(text, value), { maxLength: 8 })
  .map((members) => objectText(members.filter(([key]) => key !== '_session_expiry')));

/** The data of a session of this side's. */
export const nestSession: fc.Arbitrary<Record<string, unknown>> = fc
  .dictionary(
    text.filter((key) => !key.startsWith('_')),
    fc.jsonValue({ depthSize: 'small' }),
    { maxKeys: 8, minKeys: 1 },
  )
  // JSON has no -0.
  .map((data) => JSON.parse(JSON.stringify(data)) as Record<string, unknown>);

function objectText(members: [key: string, value: string][]): string {
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${member}`).join(',')}}`;
}

/** How often a property is tried, and from which seed; TEST_SEED repeats a run. */
export function attempts(numRuns: number, of = 'sessions'): { numRuns: number; seed: number } {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`${numRuns} generated ${of} from the seed ${seed} (TEST_SEED=${seed} repeats them).\n`);
  return { numRuns, seed };
}
