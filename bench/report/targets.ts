import { type Adapter, SUBJECTS, type Work } from '../subjects/catalogue.js';

/** What a subject is to be, compared with another at the same work, at 16 connections and 200 bytes. */
export interface Target {
  readonly adapter: Adapter;
  readonly work: Work;
  readonly subject: string;
  readonly reference: string;
  /** The CPU time of the reference over that of the subject must be at least this. */
  readonly atLeast: number;
}

/** The least ratio for reading and for writing, against one reference. */
type Pair = readonly [subject: string, reference: string, read: number, write: number];

const ON_EXPRESS: readonly Pair[] = [
  ['nest-sessions/redis', 'by-hand/redis', 0.9, 0.85],
  ['nest-sessions/redis', 'express-session/redis', 1.3, 1.2],
  ['nest-sessions/postgres', 'by-hand/postgres', 0.9, 0.85],
  ['nest-sessions/postgres', 'express-session/postgres', 1.5, 1.3],
  ['nest-sessions/file', 'by-hand/file', 0.85, 0.85],
  ['nest-sessions/file', 'express-session/file', 4, 2],
  ['nest-sessions/signed', 'by-hand/signed', 0.85, 0.85],
  ['nest-sessions/signed', 'cookie-session', 1.3, 1.3],
  ['nest-sessions/encrypted', 'iron-session', 3, 3],
];

/** The peers of Fastify, each with the engine that keeps sessions where it does. */
const ON_FASTIFY: readonly Pair[] = [
  ['nest-sessions/redis', 'fastify-session/redis', 1.1, 1.1],
  ['nest-sessions/memory', 'fastify-session/memory', 1.1, 1.1],
  ['nest-sessions/encrypted', 'secure-session', 1.1, 1.1],
];

const UNTOUCHED: readonly Target[] = SUBJECTS.filter(({ id }) => id.startsWith('nest-sessions/')).flatMap((subject) =>
  subject.adapters.map((adapter) => ({
    adapter,
    work: 'untouched',
    subject: subject.id,
    reference: 'bare',
    atLeast: 0.97,
  })),
);

const UNTOUCHED_ON_FASTIFY: readonly Target[] = ON_FASTIFY.map(([subject, reference]) => ({
  adapter: 'fastify',
  work: 'untouched',
  subject,
  reference,
  atLeast: 1.1,
}));

export const TARGETS: readonly Target[] = [
  ...UNTOUCHED,
  ...ON_EXPRESS.flatMap((pair) => readAndWrite('express', pair)),
  ...UNTOUCHED_ON_FASTIFY,
  ...ON_FASTIFY.flatMap((pair) => readAndWrite('fastify', pair)),
];

function readAndWrite(adapter: Adapter, [subject, reference, read, write]: Pair): Target[] {
  return [
    { adapter, work: 'read', subject, reference, atLeast: read },
    { adapter, work: 'write', subject, reference, atLeast: write },
  ];
}
