/** Whether a text can be the key of a stored session, or stand for a user. */
export function isStoreKey(text: string): boolean {
  return /^[a-z0-9]{8,64}$/.test(text);
}
