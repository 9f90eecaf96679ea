/**
 * Whether a text can be the key of a stored session, or stand for a user. Whatever can is a file name without separators and
 * dots, and means nothing in SQL, JSON or a pattern.
 */
export function isStoreKey(text: string): boolean {
  return /^[a-z0-9]{8,64}$/.test(text);
}
