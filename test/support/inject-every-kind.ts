// Sends every kind of request through app.inject() and prints what came of it: Jest on Node 20 cannot load light-my-request.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { platforms, startApplication } from './applications.js';
import { configureKinds, KindsModule, responseKinds } from './response-kinds.js';
import { StagedEngine } from './staged-engine.js';

export interface Injected {
  readonly name: string;
  readonly status: number;
  readonly body: string;
  readonly stored: Record<string, unknown> | undefined;
  /** The status when the store fails, and whether there was a session cookie nevertheless. */
  readonly failed: { readonly status: number; readonly hasCookie: boolean };
}

const engine = new StagedEngine(new MemoryEngine());
const fastify = platforms.find(({ name }) => name === 'Fastify')!;
const app = (await startApplication(
  fastify,
  { imports: [KindsModule] },
  { engine },
  configureKinds,
)) as NestFastifyApplication;

for (const { name, path, method = 'GET', headers, isStored = true } of responseKinds) {
  const inject = async () => app.inject({ url: path, method: method as 'GET', headers });
  const response = await inject();
  const key = response.cookies.find((cookie) => cookie.name === 'sessionid')?.value;
  const stored = key === undefined ? undefined : (await app.get(SessionService).find(key))?.toJSON();
  if (isStored) engine.fail('create', new Error('down'));
  const { statusCode, cookies } = await inject();
  const failed = { status: statusCode, hasCookie: cookies.some((cookie) => cookie.name === 'sessionid') };
  const injected: Injected = { name, status: response.statusCode, body: response.body, stored, failed };
  console.log(JSON.stringify(injected));
}
await app.close();
