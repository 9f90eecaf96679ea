/** The environment asks for something that cannot be. The message says what, and what to do. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
