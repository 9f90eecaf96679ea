import type { LoggerService } from '@nestjs/common';

/** Keeps what Nest's logger is told. */
export class RecordingLogger implements LoggerService {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  readonly debugs: string[] = [];

  log(): void {}

  debug(message: unknown): void {
    this.debugs.push(String(message));
  }

  warn(message: unknown): void {
    this.warnings.push(String(message));
  }

  error(message: unknown): void {
    this.errors.push(String(message));
  }

  /** What was logged as an error since the last time. */
  takeErrors(): string[] {
    return this.errors.splice(0);
  }
}
