import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Configuration } from './configuration/configuration.js';
import { securityHeaders } from './configuration/security-headers.js';
import { ShopModule } from './shop.module.js';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The application, ready to listen; also for tests, in their own process. */
export async function createApp(
  configuration: Configuration,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ShopModule.forRoot(configuration), {
    abortOnError: false,
    ...options,
  });
  if (configuration.trustedProxies) app.set('trust proxy', configuration.trustedProxies);
  app.useSecurityHeaders(securityHeaders(configuration));
  // Forms of other sites are refused; SameSite=Lax alone would let those of other subdomains through.
  app.enableCsrfProtection();
  app.useStaticAssets(PUBLIC_FOLDER, { index: false });
  return app;
}
