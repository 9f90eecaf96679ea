import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Starts a script that says by its first message that it is ready, and gives that message. */
export async function startChild<T>(
  script: URL,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<{ child: ChildProcess; ready: T }> {
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = fork(script, args, { env, execArgv: [...execArgv] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script.pathname.split('/').at(-1)} ended with ${code} before it was ready.`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [T];
  ended.catch(() => undefined);
  return { child, ready };
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill();
  await ended;
}
