import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocksOf, pages, ROOT, textOf } from './pages.js';
import { transcriptsOf } from './transcripts.js';

interface Manifest {
  readonly name: string;
  readonly scripts: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const { name, scripts, devDependencies } = JSON.parse(textOf('package.json')) as Manifest;

/** The scripts of an application that `nest new` has made. */
const OF_AN_APPLICATION = ['build', 'start', 'start:dev', 'test:e2e'];

/** What may stand in a block of `sh`, and how one sees that it is right without running it. */
const KINDS: [RegExp, (matched: RegExpExecArray) => boolean][] = [
  [/^npm install (?:-D )?(.+)$/, ([, packages = '']) => packages.split(' ').every(isTested)],
  [/^npm ci$/, () => true],
  [/^npm (?:run )?([\w:-]+)(?: -- .*)?$/, ([, script = '']) => script in scripts || OF_AN_APPLICATION.includes(script)],
  [/^(?:npx )?nest-sessions ([\w-]+)/, ([, command]) => existsSync(join(ROOT, `src/command/${command}.ts`))],
  [/^npx @nestjs\/cli@12 new [\w-]+$/, () => true],
  [/^cd [\w-]+$/, () => true],
  [/^npx nest start --env-file \.env$/, () => true],
  [/^openssl rand -base64 48$/, () => true],
  [/^echo "SECRET_KEY=\$\(openssl rand -base64 48\)" > \.env$/, () => true],
  [/^([\w-]+\/[\w./-]+)$/, ([, file = '']) => existsSync(join(ROOT, file))],
];

/** Whether the tests run with this package, or it is the one that they test. */
function isTested(installed: string): boolean {
  return installed === name || installed in devDependencies;
}

function commandsOf(page: string): string[] {
  return codeBlocksOf(textOf(page))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split(/\n|&&/))
    .map((command) =>
      command
        .replace(/#.*/, '')
        .replace(/^(?:\w+=\S* )+/, '')
        .trim(),
    )
    .filter((command) => command !== '');
}

describe.each(pages)('the shell commands of %s', (page) => {
  it('name what is there', () => {
    const wrong = commandsOf(page).filter((command) => {
      const [pattern, holds] = KINDS.find(([kind]) => kind.test(command)) ?? [];
      return !pattern || !holds!(pattern.exec(command)!);
    });
    expect(wrong).toEqual([]);
  });

  it('are run by a test where their output is shown', () => {
    if (transcriptsOf(page).length === 0) return;
    const specs = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.spec.ts'),
    );
    expect(specs.filter((file) => textOf(join('test', file)).includes(`playTranscripts('${page}'`))).toHaveLength(1);
  });
});
