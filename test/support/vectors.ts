import { readFileSync } from 'node:fs';

/** Recorded results of the real Django; see test/django/README.md. */
export const vectors = JSON.parse(readFileSync(new URL('../django/vectors.json', import.meta.url), 'utf8'));

export const FROZEN_SECONDS: number = vectors.meta.frozen_unix_time;
