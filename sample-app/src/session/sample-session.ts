/** What this application keeps in a session: names of its own, and whatever the visitor adds. */
export interface SampleSession {
  user?: string;
  count?: number;
  [key: string]: unknown;
}
