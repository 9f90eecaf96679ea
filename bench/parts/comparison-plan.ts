import type { Options } from '../options.js';
import { TARGETS } from '../report/targets.js';
import { type Adapter, type Subject, type Work } from '../subjects/catalogue.js';
import type { Rounds } from '../measure/contest.js';
import type { Scenario } from '../measure/contestant.js';

/** One scenario with those who take part in it. */
export interface Match {
  readonly adapter: Adapter;
  readonly scenario: Scenario;
  readonly subjects: readonly Subject[];
  /** In how many processes of each subject, one after the other. */
  readonly casts: number;
  /** In each of them. */
  readonly rounds: number;
}

export interface ComparisonPlan extends Omit<Rounds, 'random'> {
  readonly matches: readonly Match[];
  readonly casts: number;
  readonly rows: number;
}

const BASE = { size: 200, connections: 16 };
const OTHER_SIZES = [4096, 65_536];
const OTHER_CONNECTIONS = [1, 64];
const KEYS = 2;

/**
 * How often a subject is started, where there are targets: what a process has compiled by chance makes it faster or slower
 * than the next one of the same subject by more than what is to be told apart.
 */
const CASTS = 2;
/** How often a subject takes its turn in each cast, where there are targets and elsewhere. */
const ROUNDS = { targeted: 3, other: 2 };
const QUICK_ROUNDS = 6;
/** As many requests as it takes until a server has compiled what they need. */
const WARM_UP = { requests: 8000, seconds: 1.5 };
/** Seconds for all of a quick run but its start and its end. */
const QUICK = 115;

/** @throws when the options leave nothing to compare */
export function comparisonPlan(options: Options): ComparisonPlan {
  const { quick } = options;
  const matches = matchesOf(options);
  if (matches.length === 0) throw new Error('No subject does this work there. See bench/subjects/catalogue.ts.');
  const turns = matches.reduce((sum, { subjects }) => sum + subjects.length, 0);
  const seconds = options.seconds ?? (quick ? 0.25 : 0.5);
  return {
    matches,
    casts: Math.max(...matches.map(({ casts }) => casts)),
    rounds: Math.max(...matches.map(({ rounds }) => rounds)),
    seconds,
    warmUp: quick ? { ...WARM_UP, seconds: 1 } : WARM_UP,
    patience: quick ? QUICK / turns - seconds : Number.POSITIVE_INFINITY,
    rows: options.rows ?? (quick ? 10_000 : 1e6),
  };
}

function matchesOf(options: Options): Match[] {
  const { adapters, works, quick } = options;
  return adapters.flatMap((adapter) =>
    works.flatMap((work) =>
      shapesOf(options, adapter, work).flatMap((shape) => {
        const subjects = options.subjects.filter(
          (subject) =>
            subject.adapters.includes(adapter) &&
            subject.works.includes(work) &&
            shape.size <= subject.largest &&
            (!quick || hasTarget(subject, adapter, work)),
        );
        if (subjects.length === 0) return [];
        return [{ adapter, scenario: { work, keys: KEYS, ...shape }, subjects, ...effortFor(work, shape, options) }];
      }),
    ),
  );
}

/** Without a wish: the base, and from there one thing varied at a time, on Express for reading and writing. */
function shapesOf({ sizes, connections, quick }: Options, adapter: Adapter, work: Work): (typeof BASE)[] {
  if (sizes || connections) {
    return (sizes ?? [BASE.size]).flatMap((size) =>
      (connections ?? [BASE.connections]).map((count) => ({ size, connections: count })),
    );
  }
  if (quick || adapter !== 'express' || !['read', 'write'].includes(work)) return [BASE];
  return [
    BASE,
    ...OTHER_SIZES.map((size) => ({ ...BASE, size })),
    ...OTHER_CONNECTIONS.map((count) => ({ ...BASE, connections: count })),
  ];
}

function effortFor(work: Work, shape: typeof BASE, { quick, casts, rounds }: Options): Pick<Match, 'casts' | 'rounds'> {
  const isTargeted = shape === BASE && TARGETS.some((target) => target.work === work);
  if (quick) return { casts: casts ?? 1, rounds: rounds ?? QUICK_ROUNDS };
  return isTargeted
    ? { casts: casts ?? CASTS, rounds: rounds ?? ROUNDS.targeted }
    : { casts: casts ?? 1, rounds: rounds ?? ROUNDS.other };
}

/** A quick run leaves out the engines that no target but the one about untouched routes is about. */
function hasTarget({ id }: Subject, adapter: Adapter, work: Work): boolean {
  const isNamed = (wanted: Work | undefined): boolean =>
    TARGETS.some(
      (target) =>
        target.adapter === adapter &&
        (wanted ? target.work === wanted : target.work !== 'untouched') &&
        (target.subject === id || target.reference === id),
    );
  return isNamed(work) && (work !== 'untouched' || id === 'bare' || isNamed(undefined));
}
