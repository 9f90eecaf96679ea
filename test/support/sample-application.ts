import { once } from 'node:events';
import { spawnTypeScript, type TypeScriptProcess } from './spawn-typescript.js';

export interface Answer {
  readonly status: number;
  /** The `name=value` of the session's cookie, if one was set. */
  readonly cookie: string | undefined;
  readonly text: string;
}

/** The sample application in a process of its own, which any unhandled rejection ends. */
export class SampleApplication {
  private constructor(
    private readonly child: TypeScriptProcess,
    private readonly origin: string,
  ) {}

  /**
   * @param folder for what it makes for itself, e.g. SQLite's file
   * @param environment what it reads instead of the environment
   */
  static async start(folder: string, environment: Record<string, string>): Promise<SampleApplication> {
    const settings = JSON.stringify({ SECRET_KEY: 'the same secret in every process', ...environment });
    const child = spawnTypeScript(new URL('./run-sample-application.ts', import.meta.url), [folder, settings]);
    const [port] = (await Promise.race([once(child.lines, 'line'), child.ended.then(() => [])])) as [string?];
    if (port === undefined) throw new Error('The sample application did not start.');
    return new SampleApplication(child, `http://127.0.0.1:${port}`);
  }

  /** @param timeout milliseconds after which it rejects */
  async send(method: string, path: string, cookie?: string, body?: object, timeout = 60_000): Promise<Answer> {
    const response = await fetch(this.origin + path, {
      method,
      headers: { ...(cookie && { Cookie: cookie }), ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
    const set = response.headers.getSetCookie().find((header) => header.startsWith('sessionid='));
    return { status: response.status, cookie: set?.split(';')[0], text: await response.text() };
  }

  /** What the session of a cookie holds. */
  async data(cookie: string): Promise<Record<string, unknown>> {
    return JSON.parse((await this.send('GET', '/session', cookie)).text).data;
  }

  get isRunning(): boolean {
    return this.child.process.exitCode === null && this.child.process.signalCode === null;
  }

  async end(): Promise<void> {
    this.child.process.stdin.end();
    await this.child.ended;
  }
}
