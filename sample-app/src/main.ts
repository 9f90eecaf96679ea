import type { AddressInfo } from 'node:net';
import { createApp } from './create-app.js';
import { readConfiguration } from './configuration/configuration.js';
import { explainFailure } from './explain-failure.js';

try {
  const configuration = readConfiguration(process.env);
  // Held back until the start has succeeded: when it fails, one clear line says more than Nest's stack traces.
  const app = await createApp(configuration, {
    logger: ['warn', 'error', 'fatal'],
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.enableShutdownHooks();
  await app.listen(configuration.port);
  app.flushLogs();
  const { port } = app.getHttpServer().address() as AddressInfo;
  console.log(`The sample application listens on http://localhost:${port}`);
} catch (error) {
  console.error(`The sample application could not start. ${explainFailure(error)}`);
  process.exit(1);
}
