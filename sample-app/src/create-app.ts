import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Configuration } from './configuration/configuration.js';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The application, ready to listen; also for tests, in their own process. */
export async function createApp(
  configuration: Configuration,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(configuration), {
    abortOnError: false,
    ...options,
  });
  app.disable('x-powered-by');
  app.useStaticAssets(PUBLIC_FOLDER, { index: false });
  return app;
}
