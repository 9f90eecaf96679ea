import { type AddressInfo, connect, type Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A keep-alive connection on which a test writes requests byte by byte, many at once if it likes. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  #notify: () => void = () => undefined;

  constructor(app: INestApplication) {
    this.#socket = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
    this.#socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.#received += chunk;
      this.#notify();
    });
    this.#socket.on('error', () => undefined).on('close', () => this.#notify());
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** The next so many answers, in the order in which they came. All must have a Content-Length. */
  async answers(count: number): Promise<RawAnswer[]> {
    const answers: RawAnswer[] = [];
    while (answers.length < count) {
      const answer = this.#take();
      if (answer) answers.push(answer);
      else await this.#more();
    }
    return answers;
  }

  /** Waits for so many answers and looks at none of them. No body may hold an empty line. */
  async skip(count: number): Promise<void> {
    while (this.#received.split('\r\n\r\n').length <= count) await this.#more();
    this.#received = '';
  }

  async destroy(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.destroy();
    await closed;
  }

  async #more(): Promise<void> {
    if (this.#socket.closed) throw new Error('The connection closed before all answers were here.');
    await new Promise<void>((resolve) => (this.#notify = resolve));
  }

  #take(): RawAnswer | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = this.#received.slice(0, end);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    const start = end + 4;
    if (this.#received.length < start + length) return undefined;
    const body = this.#received.slice(start, start + length);
    this.#received = this.#received.slice(start + length);
    return { status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)), head, body };
  }
}
