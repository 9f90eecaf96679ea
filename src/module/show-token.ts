/** An injection token as messages show it: without the password, where somebody has given a URL instead. */
export function showToken(token: unknown): string {
  return String(token).replace(/\/\/[^/]*@/, '//…@');
}
