import { KeyQueue } from '../../../src/session/key-queue.js';

/** A task that stands still until it is told how to end. */
class Task {
  readonly promise: Promise<string>;
  begun = false;
  before: string | undefined;
  end!: (result: string) => void;
  fail!: (error: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  readonly run = (before: string | undefined): Promise<string> => {
    this.begun = true;
    this.before = before;
    return this.promise;
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('KeyQueue', () => {
  it('runs the tasks of one key one after the other, in their order', async () => {
    const queue = new KeyQueue<string>();
    const tasks = [new Task(), new Task(), new Task()];
    const results = tasks.map((task) => queue.run('key', task.run));
    for (const [index, task] of tasks.entries()) {
      await settled();
      expect(tasks.map(({ begun }) => begun)).toEqual(tasks.map((_, other) => other <= index));
      task.end(`result ${index}`);
    }
    expect(await Promise.all(results)).toEqual(['result 0', 'result 1', 'result 2']);
  });

  it('tells each task what the one before it gave, and the first nothing', async () => {
    const queue = new KeyQueue<string>();
    const [first, second, third] = [new Task(), new Task(), new Task()];
    const results = [first, second, third].map((task) => queue.run('key', task.run));
    first.end('a');
    second.end('b');
    third.end('c');
    await Promise.all(results);
    expect([first.before, second.before, third.before]).toEqual([undefined, 'a', 'b']);
  });

  it('does not let tasks of different keys wait for each other', async () => {
    const queue = new KeyQueue<string>();
    const [one, other] = [new Task(), new Task()];
    const first = queue.run('one', one.run);
    const second = queue.run('other', other.run);
    expect(other.begun).toBe(true);
    other.end('done');
    expect(await second).toBe('done');
    expect(other.before).toBeUndefined();
    one.end('done too');
    await first;
  });

  it('goes on after a task that failed, and tells the next of no result', async () => {
    const queue = new KeyQueue<string>();
    const [first, second] = [new Task(), new Task()];
    const failed = queue.run('key', first.run);
    const next = queue.run('key', second.run);
    first.fail(new Error('of the task'));
    await expect(failed).rejects.toThrow('of the task');
    second.end('fine');
    expect(await next).toBe('fine');
    expect(second.before).toBeUndefined();
  });

  it('begins at once and remembers nothing when the key has no task any more', async () => {
    const queue = new KeyQueue<string>();
    await queue.run('key', async () => 'old');
    await settled();
    const task = new Task();
    void queue.run('key', task.run);
    expect([task.begun, task.before]).toEqual([true, undefined]);
  });

  it('leaves no unhandled rejection when only the caller of a failed task looks at it', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listen);
    const queue = new KeyQueue<string>();
    const failed = queue.run('key', () => Promise.reject(new Error('of the task')));
    await expect(failed).rejects.toThrow('of the task');
    await settled();
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });
});
