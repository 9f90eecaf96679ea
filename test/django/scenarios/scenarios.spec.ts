import { readFileSync } from 'node:fs';
import { SessionOptionsError } from 'nest-sessions';
import { type Platform, platforms } from '../../support/applications.js';
import { type Difference, differences } from './differences.js';
import { nameOf, type Outcome, type Scenario, scenarios } from './scenario.js';
import { Stage } from './stage.js';

interface Verdict {
  readonly verdict: 'agree' | 'deliberate' | 'wrong';
  readonly differences: readonly Difference[];
  readonly report?: string;
}

/** The scenarios by engine and settings, which is what an application is started with. */
const groups = new Map<string, Scenario[]>();
for (const scenario of scenarios) {
  const setup = JSON.stringify([scenario.engine, scenario.settings]);
  groups.set(setup, [...(groups.get(setup) ?? []), scenario]);
}

async function play(platform: Platform, group: readonly Scenario[]): Promise<(Outcome | 'refused at boot')[]> {
  let stage: Stage;
  try {
    stage = await Stage.start(platform, group[0]!);
  } catch (error) {
    expect(error).toBeInstanceOf(SessionOptionsError);
    return group.map(() => 'refused at boot');
  }
  try {
    const outcomes = [];
    for (const scenario of group) outcomes.push(await stage.play(scenario));
    return outcomes;
  } finally {
    await stage.stop();
  }
}

function judge(scenario: Scenario, outcome: Outcome | 'refused at boot'): Verdict {
  let expected: Outcome | 'refused at boot' = scenario.result;
  const applied: Difference[] = [];
  for (const difference of differences) {
    if (expected === 'refused at boot' || !difference.applies(scenario)) continue;
    const here = difference.here(expected, scenario);
    if (!isEqual(here, expected)) applied.push(difference);
    expected = here;
  }
  if (isEqual(outcome, expected)) return { verdict: applied.length > 0 ? 'deliberate' : 'agree', differences: applied };
  const [django, wanted, got] = [scenario.result, expected, outcome].map((result) => JSON.stringify(result));
  const report = `${nameOf(scenario)}\n  Django:   ${django}\n  expected: ${wanted}\n  got:      ${got}`;
  return { verdict: 'wrong', differences: applied, report };
}

function isEqual(one: Outcome | 'refused at boot', other: Outcome | 'refused at boot'): boolean {
  return comparable(one) === comparable(other);
}

/** As text, with everything sorted of which the order means nothing. */
function comparable(outcome: Outcome | 'refused at boot'): string {
  return JSON.stringify(outcome, (name, value: unknown) => {
    if (name === 'set_cookie') return (value as string[]).map((cookie) => cookie.split('; ').sort());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}

describe.each(platforms)('The recorded scenarios on $name', (platform) => {
  const verdicts: Verdict[] = [];
  beforeAll(async () => {
    for (const group of groups.values()) {
      const outcomes = await play(platform, group);
      verdicts.push(...group.map((scenario, index) => judge(scenario, outcomes[index]!)));
    }
  }, 120_000);

  const count = (wanted: Verdict['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length;

  it('end as in Django, or otherwise on purpose', () => {
    const [agree, deliberate, wrong] = [count('agree'), count('deliberate'), count('wrong')];
    process.stdout.write(`Scenarios on ${platform.name}: ${agree} agree / ${deliberate} deliberate / ${wrong} wrong\n`);
    expect(verdicts.flatMap(({ report = [] }) => report).join('\n')).toBe('');
    expect(agree + deliberate).toBe(scenarios.length);
  });

  it.each(differences)('differ where "$line"', (difference) => {
    expect(verdicts.some(({ differences }) => differences.includes(difference))).toBe(true);
  });
});

it.each(differences)('the docs say where: "$line"', ({ line }) => {
  const docs = readFileSync(new URL('../../../docs/sharing-with-django.md', import.meta.url), 'utf8');
  expect(docs).toMatch(new RegExp(`^\\| ${line.replace(/[`().]/g, '\\$&')}[^|]*\\|`, 'm'));
});
