/** What an application that means business sets: readers do not wait for writers, and the disk not for each change. */
export const SQLITE_PRAGMAS = ['journal_mode = WAL', 'synchronous = NORMAL'] as const;
