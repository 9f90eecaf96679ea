import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '../../session/clock.js';
import type { StoredSession } from '../session-engine.js';
import { readSessionFile, unlessMissing, type SessionFile } from './session-file.js';

const stat = promisify(fs.stat);

/** As much of a file as tells when its session ends. */
export interface InspectedFile extends SessionFile {
  readonly isEmpty: boolean;
}

/** How the time of modification of a file says when its session ends. */
export class FileExpiry {
  /**
   * @param cookieAge in seconds
   * @param expiry when a session ends that was saved at that time, where its data has a say in it
   */
  constructor(
    private readonly cookieAge: number,
    private readonly expiry: ((data: string, savedAt: Date) => Date) | undefined,
    private readonly clock: Clock,
  ) {}

  /** The file to keep a session in. */
  fileOf({ data, expiresAt }: StoredSession): SessionFile {
    if (data === '') throw new Error('An empty file stands for no session, so a session needs data.');
    return { data, modifiedAt: this.modifiedAt(data, expiresAt) };
  }

  /** The time of modification with which a session ends at that instant. */
  modifiedAt(data: string, expiresAt: Date): Date {
    const modifiedAt = new Date(this.clock.now());
    return new Date(modifiedAt.getTime() + expiresAt.getTime() - this.expiresAt({ data, modifiedAt }).getTime());
  }

  expiresAt({ data, modifiedAt }: SessionFile): Date {
    return this.expiry?.(data, modifiedAt) ?? new Date(modifiedAt.getTime() + this.cookieAge * 1000);
  }

  isExpired(file: SessionFile): boolean {
    return this.expiresAt(file).getTime() <= this.clock.now();
  }

  /** Reads the content only where that has a say in the expiry. Undefined for a missing file. */
  async inspect(path: string): Promise<InspectedFile | undefined> {
    if (this.expiry) {
      const file = await unlessMissing(readSessionFile(path));
      return file && { ...file, isEmpty: file.data === '' };
    }
    const file = await unlessMissing(stat(path));
    return file && { data: '', modifiedAt: new Date(Math.round(file.mtimeMs)), isEmpty: file.size === 0 };
  }
}
