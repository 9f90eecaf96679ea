/** What an application that writes its sessions by hand asks of its store. */
export interface SessionStore {
  load(key: string): Promise<string | undefined>;
  create(key: string, text: string): Promise<unknown>;
  /** Compare and swap; false when somebody else was first. */
  replace(key: string, text: string, previous: string): Promise<boolean>;
  delete(key: string): Promise<unknown>;
}

export const SESSION_STORE = Symbol('session store');
