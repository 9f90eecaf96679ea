// Run by sample-application.ts: one process of the sample application. Prints its port; ends with its input.
import type { AddressInfo } from 'node:net';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';

const [folder, environment = ''] = process.argv.slice(2);
const app = await createApp(readConfiguration(JSON.parse(environment), folder), { logger: false });
await app.listen(0, '127.0.0.1');
// On a busy machine a connection may stay idle for long, and one that is closed just then fails the next request.
app.getHttpServer().keepAliveTimeout = 0;
console.log((app.getHttpServer().address() as AddressInfo).port);
process.stdin.resume().once('end', () => process.exit());
