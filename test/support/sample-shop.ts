import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';

/** The sample application in this process, on a free port, with a folder of its own. */
export class SampleShop {
  private constructor(
    readonly app: NestExpressApplication,
    readonly address: string,
    private readonly folder: string,
  ) {}

  /** @param environment what it reads instead of the environment; files go to a folder of its own */
  static async start(
    environment: Record<string, string> = {},
    httpsOptions?: NestApplicationOptions['httpsOptions'],
  ): Promise<SampleShop> {
    const folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
    const configuration = readConfiguration({ SESSION_FILE_PATH: join(folder, 'files'), ...environment }, folder);
    const app = await createApp(configuration, { logger: false, httpsOptions });
    await app.listen(0, 'localhost');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new SampleShop(app, `${httpsOptions ? 'https' : 'http'}://localhost:${port}`, folder);
  }

  async end(): Promise<void> {
    await this.app.close();
    await rm(this.folder, { recursive: true });
  }
}
