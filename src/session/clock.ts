/** Where every time in this package comes from, in milliseconds since 1970. Tests move it; nothing else does. */
export interface Clock {
  /** The time now. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
