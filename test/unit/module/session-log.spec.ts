import { Logger } from '@nestjs/common';
import { filter, firstValueFrom, from, map, mergeMap, type Observer } from 'rxjs';
import { SessionLog } from '../../../src/module/session-log.js';
import type { SessionEvent } from '../../../src/session/session-event.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const created: SessionEvent = { type: 'created', session: '1a2b3c4d', at: new Date() };
const interrupted: SessionEvent = { ...created, type: 'interrupted' };
const failure = (): never => {
  throw new Error('The table is full.');
};
const everythingElse = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let logger: RecordingLogger;
let log: SessionLog;
const uncaught: unknown[] = [];
const remember = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  logger = new RecordingLogger();
  Logger.overrideLogger(logger);
  log = new SessionLog();
  process.on('uncaughtException', remember);
  process.on('unhandledRejection', remember);
});

afterEach(async () => {
  // rxjs throws from a timer what it cannot give to anybody.
  await new Promise((resolve) => setTimeout(resolve));
  await everythingElse();
  process.off('uncaughtException', remember);
  process.off('unhandledRejection', remember);
  Logger.overrideLogger(new RecordingLogger());
  expect(uncaught.splice(0)).toEqual([]);
});

describe('the log of sessions', () => {
  it('has one line for each event, at the level of its weight', () => {
    log.event(created);
    log.event(interrupted);
    expect(logger.debugs).toEqual(['Session 1a2b3c4d was created.']);
    expect(logger.warnings).toEqual([expect.stringMatching(/^Session 1a2b3c4d was deleted, or given a new key/)]);
  });

  it('hears events that a subscriber or a reader of that level would', () => {
    expect([log.hears('debug'), log.hears('warn')]).toEqual([true, true]);
    Logger.overrideLogger(['warn', 'error']);
    expect([log.hears('debug'), log.hears('warn')]).toEqual([false, true]);
    Logger.overrideLogger(false);
    expect([log.hears('debug'), log.hears('warn')]).toEqual([false, false]);
    const subscription = log.events.subscribe();
    expect([log.hears('debug'), log.hears('warn')]).toEqual([true, true]);
    subscription.unsubscribe();
    expect([log.hears('debug'), log.hears('warn')]).toEqual([false, false]);
    Logger.overrideLogger(['log', 'error', 'warn', 'debug', 'verbose', 'fatal']);
  });
});

describe('a subscriber of events', () => {
  const failing: [string, (log: SessionLog) => unknown][] = [
    ['throws', ({ events }) => events.subscribe(failure)],
    ['throws from a method', ({ events }) => events.subscribe({ next: failure })],
    ['rejects later', ({ events }) => events.subscribe(async () => failure())],
    ['throws from an operator', ({ events }) => events.pipe(map(failure)).subscribe()],
    ['rejects from an operator', ({ events }) => events.pipe(mergeMap(async () => failure())).subscribe()],
    ['throws behind operators', ({ events }) => events.pipe(filter(Boolean)).pipe(map(String)).subscribe(failure)],
    ['throws when told of an error', ({ events }) => events.pipe(map(failure)).subscribe({ error: failure })],
  ];

  it.each(failing)('that %s disturbs neither who tells nor other subscribers, and is in the log', async (_, fail) => {
    const heard: unknown[] = [];
    fail(log);
    log.events.subscribe((event) => heard.push(event));
    log.event(created);
    log.event(interrupted);
    await everythingElse();
    expect(heard).toEqual([created, interrupted]);
    expect(logger.errors.length).toBeGreaterThan(0);
    for (const line of logger.errors)
      expect(line).toMatch(/^A subscriber of SessionService.events has failed: Error: The table is full\./);
  });

  it('that has thrown gets the next event all the same', () => {
    const heard: unknown[] = [];
    log.events.subscribe((event) => {
      heard.push(event.type);
      throw new Error('Too much.');
    });
    log.event(created);
    log.event(interrupted);
    expect(heard).toEqual(['created', 'interrupted']);
  });

  it('is told of errors of its own operators, and may stop', () => {
    const heard: unknown[] = [];
    log.events.pipe(map(failure)).subscribe({ error: (error: Error) => heard.push(error.message) });
    const subscription = log.events.subscribe((event) => heard.push(event.type));
    log.event(created);
    subscription.unsubscribe();
    log.event(created);
    expect(heard).toEqual(['The table is full.', 'created']);
    expect(logger.errors).toEqual([]);
  });

  it('may be an observer with a state, or callbacks one by one, or a promise', async () => {
    class Counter implements Partial<Observer<SessionEvent>> {
      count = 0;
      next(): void {
        this.count++;
      }
    }
    const counter = new Counter();
    const completed: string[] = [];
    log.events.subscribe(counter);
    const first = firstValueFrom(log.events.pipe(filter(({ type }) => type === 'interrupted')));
    log.events.pipe(mergeMap(({ type }) => from([type, type]))).subscribe((type) => completed.push(type));
    log.event(created);
    log.event(interrupted);
    expect(counter.count).toBe(2);
    expect(await first).toBe(interrupted);
    expect(completed).toEqual(['created', 'created', 'interrupted', 'interrupted']);
  });
});
