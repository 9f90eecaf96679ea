import { type INestApplication, type NestApplicationOptions, RequestMethod } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

/** @param adapter `new ExpressAdapter()` or `new FastifyAdapter()` */
export async function createApp(
  adapter: AbstractHttpAdapter,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  // #region protect
  const app = await NestFactory.create(AppModule, adapter, options);
  app.enableCsrfProtection();
  // #endregion
  return app;
}

/** The same, open to requests that others are to send. */
export async function createOpenApp(
  adapter: AbstractHttpAdapter,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, adapter, options);
  // #region exceptions
  app.enableCsrfProtection({
    trustedOrigins: ['https://shop.example.com'], // whose pages may do everything that yours may
    exclude: [{ path: 'webhooks/payment', method: RequestMethod.POST }], // which does not look at the session
  });
  // #endregion
  return app;
}
