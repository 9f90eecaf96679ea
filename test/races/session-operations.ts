import { MESSAGE } from './session-model.js';
import type { Operation } from './session-scenario.js';

const increment = (current: unknown): number => (typeof current === 'number' ? current : 0) + 1;

/** What requests do to their session, as handlers would write it. */
export const operations = {
  load: { does: [] },
  touch: { does: [], renews: true },
  'set own key': { does: [(session, operation) => session.set(`own${operation}`, operation)] },
  compute: { does: [(session) => session.compute('count', increment)] },
  flush: { does: ['flush'] },
  cycleKey: { does: ['cycleKey'] },
  read: { does: ['read'] },
  leave: { does: [(session, operation) => session.flash(MESSAGE, operation)] },
  'leave, read': { does: [(session, operation) => session.flash(MESSAGE, operation), 'read'] },
  'change, read twice': {
    does: [(session) => session.compute('count', increment), 'read', (session) => session.delete('shared'), 'read'],
  },
  'login, read': { does: ['cycleKey', 'read'] },
  'read, logout': { does: ['read', 'flush'] },
  'set shared key': { does: [(session, operation) => session.set('shared', operation)] },
  'set default': { does: [(session, operation) => session.setDefault('made', operation)] },
  'change inside': { does: [(session, operation) => (session.get('list') as unknown[] | undefined)?.push(operation)] },
  delete: { does: [(session) => session.delete('shared')] },
  clear: { does: [(session) => session.clear()] },
  login: { does: ['cycleKey', (session, operation) => session.set('user', operation)] },
  'change, login': {
    does: [(session) => session.compute('count', increment), 'cycleKey', (session) => session.delete('shared')],
  },
  'logout, login': { does: ['flush', (session, operation) => session.set('user', operation)] },
  'save, change': {
    does: [(session) => session.compute('count', increment), 'save', (session) => session.compute('count', increment)],
  },
  'login, not awaited': { does: [{ start: 'cycleKey' }, (session, operation) => session.set('user', operation)] },
  'save, flush before it ends': {
    does: [(session) => session.compute('count', increment), { start: 'save' }, 'pause', 'flush'],
  },
  'cycleKey, flush before it ends': { does: [{ start: 'cycleKey' }, 'pause', 'flush'] },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const allOperations = Object.keys(operations) as OperationName[];

/** One of each kind. The others are variations of these. */
export const mainOperations = allOperations.slice(0, allOperations.indexOf('cycleKey') + 1);

/** What can be done about a message. */
export const messageOperations = allOperations.slice(
  allOperations.indexOf('flush'),
  allOperations.indexOf('set shared key'),
);

/** Every choice of so many names, whose order does not matter; a name may come more than once. */
export function choices(names: readonly OperationName[], size: number): OperationName[][] {
  if (size === 0) return [[]];
  return names.flatMap((name, index) => choices(names.slice(index), size - 1).map((rest) => [name, ...rest]));
}
