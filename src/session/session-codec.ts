import { type SignedPayload, WORTH_COMPRESSING } from '../signing/index.js';
import type { ChangedKeys, SessionText } from './session-text.js';

/** The values of a session beside the text that they came from or went into. */
export interface SessionContent {
  readonly values: Map<string, unknown>;
  readonly text: string;
}

/** From the values of a session to what a store keeps, and back. */
export class SessionCodec {
  constructor(
    private readonly format: SessionText,
    private readonly payload: SignedPayload,
  ) {}

  encode(text: string): string {
    return this.payload.pack(text, { compress: text.length >= WORTH_COMPRESSING });
  }

  /** Throws when the data was altered, was signed with other secrets, or does not hold an object. */
  decode(data: string): SessionContent {
    return this.read(this.payload.unpack(data));
  }

  read(text: string): SessionContent {
    return { values: this.format.read(text), text };
  }

  write(values: ReadonlyMap<string, unknown>, base?: string, changed?: ChangedKeys): string {
    return this.format.write(values, base, changed);
  }
}
