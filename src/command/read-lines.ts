import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Terminal } from './terminal.js';

export interface Question {
  readonly text: string;
  /** Whether the answer is not to be seen on the screen. */
  readonly isHidden?: boolean;
}

/**
 * Reads a line for each question from standard input; asks the question where that is a terminal. Fewer, where the input
 * ends before.
 */
export function readLines(questions: readonly Question[], { input, errors }: Terminal): Promise<string[]> {
  const answers: string[] = [];
  // All that comes after the last answer is hidden: it may be a secret that nobody asked for.
  const isHidden = (): boolean => questions[answers.length]?.isHidden ?? answers.length === questions.length;
  const echo = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (!isHidden()) errors.write(chunk);
      done();
    },
  });
  const isTerminal = input.isTTY === true;
  const reader = createInterface({ input, output: echo, terminal: isTerminal });
  const ask = (): void => {
    const question = questions[answers.length];
    if (!question) reader.close();
    else if (isTerminal) errors.write(question.text);
  };
  return new Promise((resolve) => {
    reader.on('close', () => resolve(answers));
    reader.on('line', (line) => {
      if (answers.length === questions.length) return;
      if (isTerminal && isHidden()) errors.write('\n');
      answers.push(line);
      ask();
    });
    ask();
  });
}
