import { subjectOf } from '../subjects/catalogue.js';
import { describeRun } from './describe-run.js';
import { markdownTable } from './markdown-table.js';
import { type Part, PARTS } from './profile-parts.js';
import type { Profile, ProfilesResults } from './results.js';

const HEADERS: Readonly<Record<Part, string>> = {
  session: 'session',
  store: 'driver',
  nest: 'Nest, RxJS',
  framework: 'Express or Fastify',
  response: 'response',
  node: 'Node',
  garbage: 'garbage',
};

export function profilesReport(results: ProfilesResults): string {
  return [
    '# Where the time of a request goes',
    describeRun(results.run),
    '## By part',
    profileTable(results.profiles),
    '## By function',
    ...results.profiles.map((profile) => `### ${titleOf(profile)}\n\n${functionTable(profile)}`),
  ].join('\n\n');
}

/** Microseconds of each part of a request. */
export function profileTable(profiles: readonly Profile[]): string {
  const rows = profiles.map(({ adapter, work, subject, all, parts }) => [
    adapter,
    work,
    subjectOf(subject).label,
    all.toFixed(0),
    ...PARTS.map((part) => parts[part].toFixed(1)),
  ]);
  return markdownTable(['on', 'work', 'subject', 'all', ...PARTS.map((part) => HEADERS[part])], rows);
}

function functionTable({ functions }: Profile): string {
  return markdownTable(
    ['function', 'µs'],
    functions.map(([name, time]) => [name, time.toFixed(1)]),
  );
}

function titleOf({ adapter, work, subject }: Profile): string {
  return `${adapter}, ${work}, ${subjectOf(subject).label}`;
}
