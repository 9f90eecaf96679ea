import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** A CPU profile of this process, for the developer tools of Chromium and for report/profile-summary.ts. */
export class CpuProfile {
  readonly #inspector = new Session();

  async start(): Promise<void> {
    this.#inspector.connect();
    await this.#inspector.post('Profiler.enable');
    await this.#inspector.post('Profiler.setSamplingInterval', { interval: 200 });
    await this.#inspector.post('Profiler.start');
  }

  async save(path: string): Promise<void> {
    const { profile } = await this.#inspector.post('Profiler.stop');
    this.#inspector.disconnect();
    await writeFile(path, JSON.stringify(profile));
  }
}
