/** A store of texts that forgets each after its time. Every method rejects when the store cannot answer, and only then. */
export interface SessionCache {
  /** The text, or undefined when it is missing or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Keeps a text for that many milliseconds, 1 or more. */
  set(key: string, text: string, milliseconds: number): Promise<void>;
  /** Gone afterwards. A missing key is no error. */
  delete(key: string): Promise<void>;
  /** Lets go of the store, which stays open: whoever made it closes it. */
  close?(): void;
}
