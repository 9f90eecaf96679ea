import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './getting-started/app.module.js';

export async function onExpress() {
  // #region express
  const app = await NestFactory.create<NestExpressApplication>(AppModule);
  app.set('trust proxy', 1); // one proxy is in front
  // #endregion
  return app;
}

export async function onFastify() {
  // #region fastify
  const adapter = new FastifyAdapter({ trustProxy: '10.0.0.1' }); // the address of the proxy
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter);
  // #endregion
  return app;
}
