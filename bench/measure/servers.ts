import type { Places } from '../subjects/assembly.js';
import type { Adapter, Subject } from '../subjects/catalogue.js';
import { Contestant } from './contestant.js';
import { ServerProcess } from './server-process.js';

const SHAPE = { size: 200, keys: 2 };

/** Starts the application of each subject, two at a time. */
export async function startServers(
  subjects: readonly Subject[],
  adapter: Adapter,
  places: Places,
  { isCounted = false, processes = 1 } = {},
): Promise<Contestant[]> {
  const contestants = new Map<Subject, Contestant>();
  const waiting = [...subjects];
  const startSome = async (): Promise<void> => {
    for (let subject = waiting.shift(); subject; subject = waiting.shift()) {
      const { id, store } = subject;
      const servers: ServerProcess[] = [];
      while (servers.length < processes) {
        servers.push(await ServerProcess.start({ id, store, adapter, places, shape: SHAPE, isCounted }));
      }
      contestants.set(subject, new Contestant(subject, servers));
    }
  };
  await Promise.all([startSome(), startSome()]);
  return subjects.map((subject) => contestants.get(subject)!);
}
