import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeBlocksOf, textOf } from './pages.js';

const run = promisify(execFile);

/** A command in a transcript, with the output that the page promises. */
export interface Step {
  readonly command: string;
  /** `…` stands for what differs from run to run; in a line of its own, for any number of lines. */
  readonly output: string;
}

/** The steps of all transcripts on a page, which are its blocks of `console`, from its beginning to its end. */
export function transcriptsOf(page: string): Step[] {
  return codeBlocksOf(textOf(page))
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.split(/^\$ /m).filter((step) => step.trim() !== ''))
    .map((step) => {
      const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([\s\S]*)$/.exec(step.trimEnd())!;
      return { command, output };
    });
}

export interface Stage {
  /** What listens at `localhost:3000`, as pages have it. */
  readonly port?: number | string;
  readonly cwd: string;
  readonly environment?: Record<string, string>;
}

/** Runs the transcripts of a page as its reader would, and expects of each command what the page promises. */
export async function playTranscripts(page: string, { port = 3000, cwd, environment }: Stage): Promise<void> {
  const steps = transcriptsOf(page);
  expect(steps).not.toEqual([]);
  for (const { command, output } of steps) {
    const { stdout, stderr } = await run('bash', ['-c', command.replaceAll('localhost:3000', `localhost:${port}`)], {
      cwd,
      env: { ...process.env, ...environment },
    }).catch((error: { stdout: string; stderr: string }) => error);
    const seen = `${stderr}${stdout}`.replaceAll('\r', '').trim();
    // Where they differ, the two texts say more than a pattern that did not match.
    if (!patternOf(output).test(seen)) expect({ command, output: seen }).toEqual({ command, output });
  }
}

function patternOf(output: string): RegExp {
  const escaped = output.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/^…$/gm, '[\\s\\S]*').replaceAll('…', '.*')}$`);
}
