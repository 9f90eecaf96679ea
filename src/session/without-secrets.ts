/**
 * A driver's error with nothing of the session in it: drivers attach statements and parameters to their errors, and an
 * application may log all of them.
 */
export function withoutSecrets(error: unknown, ...secrets: string[]): Error {
  if (!(error instanceof Error)) return new Error('The store rejected without an error.');
  const clean = (text: string): string =>
    secrets
      .reduce((cleaned, secret) => cleaned.replaceAll(secret, '…'), text)
      // A driver may quote no more than the beginning of a long parameter.
      .replace(/[\w:-]{16,}/g, (piece) => (secrets.some((secret) => secret.includes(piece)) ? '…' : piece));
  const safe = new Error(clean(error.message));
  safe.name = error.name;
  safe.stack = error.stack && clean(error.stack);
  if ('code' in error) Object.assign(safe, { code: error.code });
  return safe;
}
