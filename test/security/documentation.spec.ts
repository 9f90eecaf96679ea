import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SessionService } from 'nest-sessions';
import { deployFindings } from '../../src/module/deploy-checks.js';
import { resolveOptions } from '../../src/module/resolve-options.js';
import { Session } from '../../src/session/session.js';
import { SECRET } from '../support/applications.js';

/** The requirements of OWASP ASVS 5.0.0 in chapter V7 and section V3.3, with the level of each. */
const REQUIREMENTS: Readonly<Record<string, number>> = {
  'V7.1.1': 2,
  'V7.1.2': 2,
  'V7.1.3': 2,
  'V7.2.1': 1,
  'V7.2.2': 1,
  'V7.2.3': 1,
  'V7.2.4': 1,
  'V7.3.1': 2,
  'V7.3.2': 2,
  'V7.4.1': 1,
  'V7.4.2': 1,
  'V7.4.3': 2,
  'V7.4.4': 2,
  'V7.4.5': 2,
  'V7.5.1': 2,
  'V7.5.2': 2,
  'V7.5.3': 3,
  'V7.6.1': 2,
  'V7.6.2': 2,
  'V3.3.1': 1,
  'V3.3.2': 2,
  'V3.3.3': 2,
  'V3.3.4': 2,
  'V3.3.5': 3,
};

const page = readFileSync(resolve(import.meta.dirname, '../../SECURITY.md'), 'utf8');

/** The rows of the table of requirements, cell by cell. */
const rows = [...page.matchAll(/^\| (V\d\.\d\.\d) .*$/gm)].map(([row]) => row.split('|').map((cell) => cell.trim()));

const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** The names of all tests in this folder that begin with a number of the standard. */
function testNames(): string[] {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/\bit\(\s*'(V\d[^']*)'/g)].map(
      ([, name = '']) => name,
    ),
  );
}

describe('SECURITY.md', () => {
  it('has a row for each requirement, with its level', () => {
    expect(Object.fromEntries(rows.map(([, number, level]) => [number, Number(level)]))).toEqual(REQUIREMENTS);
    expect(rows).toHaveLength(Object.keys(REQUIREMENTS).length);
  });

  it('names a test of its number for each requirement', () => {
    const named = rows.map(([, number, , , , tests]) => ({ number, tests: namesIn(tests) }));
    const wrong = named.filter(
      ({ number, tests }) => tests.length === 0 || !tests.every((test) => test.startsWith(`${number} `)),
    );
    expect(wrong).toEqual([]);
  });

  it('names every test that there is and no other', () => {
    expect(rows.flatMap(([, , , , , tests]) => namesIn(tests)).toSorted()).toEqual(testNames().toSorted());
  });

  it('V7.1.1 each option that bounds a session is documented with its default, and lax ones are found', () => {
    const defaults = resolveOptions({ secret: SECRET });
    for (const option of [
      'cookieAge',
      'saveEveryRequest',
      'touchAfter',
      'absoluteAge',
      'expireAtBrowserClose',
    ] as const) {
      const value = defaults[option] === undefined ? 'none' : `\`${defaults[option]}\``;
      expect(page).toContain(`\`${option}\` (${value})`);
    }
    const found = deployFindings(resolveOptions({ secret: SECRET, cookieAge: 31 * 24 * 60 * 60 }));
    expect(found.map(({ option }) => option)).toEqual(expect.arrayContaining(['cookieAge', 'absoluteAge']));
  });

  it('V7.1.3 what this page names for a single sign-on is there', () => {
    const [, , , , means] = rows.find(([, number]) => number === 'V7.1.3')!;
    const members = [Session, SessionService].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
    expect(namesIn(means).filter((name) => !members.includes(name))).toEqual([]);
    expect(namesIn(means)).toHaveLength(3);
  });
});
