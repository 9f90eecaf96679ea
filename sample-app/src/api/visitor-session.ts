/** What the JSON routes keep in a session: names of their own, and whatever the visitor adds. */
export interface VisitorSession {
  user?: string;
  count?: number;
  [key: string]: unknown;
}
