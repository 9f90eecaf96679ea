import { endChild, startChild } from '../measure/child.js';
import { drive } from './drive.js';
import { Visitor } from './visitor.js';

const CANNED_SERVER = new URL('./canned-server.js', import.meta.url);
const SECONDS = 1;

/** Requests a second that the client makes of a server which does nothing. */
export async function clientCeiling(): Promise<number> {
  const { child, ready } = await startChild<{ port: number }>(CANNED_SERVER);
  const visitors = Array.from({ length: 16 }, () => new Visitor(ready.port));
  await Promise.all(visitors.map((visitor) => visitor.connect()));
  await drive(visitors, 'untouched', { seconds: SECONDS / 2 });
  const { requests, seconds } = await drive(visitors, 'untouched', { seconds: SECONDS });
  for (const visitor of visitors) visitor.disconnect();
  await endChild(child);
  return requests / seconds;
}
