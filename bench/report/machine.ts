import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type as systemName } from 'node:os';

/** What a result depends on, beside what was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  /** Of the last minute before the start: other work on the machine. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(servers: Readonly<Record<string, string>>): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
    load: Number(loadavg()[0]!.toFixed(2)),
    versions: { Node: process.versions.node, ...servers, ...packageVersions() },
  };
}

/** Of what the benchmark has installed. */
function packageVersions(): Record<string, string> {
  const { dependencies } = manifest('../../package.json');
  const names = ['nest-sessions', ...Object.keys(dependencies ?? {})];
  return Object.fromEntries(names.map((name) => [name, manifest(`../../node_modules/${name}/package.json`).version]));
}

function manifest(path: string): { version: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
