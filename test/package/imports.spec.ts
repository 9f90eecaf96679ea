import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SOURCES = resolve(import.meta.dirname, '../../src');

/** Each room may import itself and the rooms after it. */
const ORDER = ['command', 'module', 'http', 'session', 'importers', 'engines', 'cookies', 'signing', 'errors'];
/** What is in no room, and where the time comes from, which everyone may ask. */
const FOR_ALL = ['shared-by-copies', 'session/clock', 'session/wall-clock'];
/** The rooms that may import an optional peer, and which. */
const PEERS: Record<string, string[]> = {
  typeorm: ['engines/database/', 'typeorm.ts'],
  '@nestjs/typeorm': ['engines/database/'],
  keyv: ['engines/cache/'],
  'cache-manager': ['engines/cache/'],
  '@keyv/redis': ['engines/cache/'],
  '@keyv/valkey': ['engines/cache/'],
};
const ALWAYS_THERE = ['@nestjs/common', '@nestjs/core', 'rxjs'];

const IMPORT = /(?:^(?:import|export) (?:[\w*{}, \n]+ from )?|\bimport\()'([^'\n]+)'/gm;

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: Import[] = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((from) =>
    [...readFileSync(join(SOURCES, from), 'utf8').matchAll(IMPORT)].map((match) => ({
      from,
      to: match[1]!,
    })),
  );

const room = (file: string): string => file.split('/')[0]!;
const target = ({ from, to }: Import): string =>
  relative(SOURCES, resolve(SOURCES, dirname(from), to)).replace(/\.js$/, '');

describe('imports in src', () => {
  it('are found', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('run one way through the rooms', () => {
    const wrong = imports
      .filter(({ from, to }) => to.startsWith('.') && from.includes('/'))
      .filter((entry) => !FOR_ALL.includes(target(entry)))
      // An engine is chosen by name in the module, which imports it only then.
      .filter((entry) => ORDER.indexOf(room(target(entry))) < ORDER.indexOf(room(entry.from)));
    expect(wrong).toEqual([]);
  });

  it('of the heart and below know nothing of Nest', () => {
    const wrong = imports.filter(
      ({ from, to }) => ['session', 'cookies', 'signing'].includes(room(from)) && to.startsWith('@nestjs/'),
    );
    expect(wrong).toEqual([]);
  });

  it('of optional peers stand only where they are used', () => {
    const packages = imports.filter(
      ({ to }) => !to.startsWith('.') && !to.startsWith('node:') && !ALWAYS_THERE.includes(to),
    );
    const wrong = packages.filter(({ from, to }) => !PEERS[to]?.some((place) => from.startsWith(place)));
    expect(wrong).toEqual([]);
  });
});
