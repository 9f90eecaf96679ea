// By its members and not by instanceof: a test runner's realm has an Error of its own.
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

export function hasCode(error: unknown, code: string): boolean {
  return isSystemError(error) && error.code === code;
}

/** The error of a system call without its paths, because file names hold session keys. */
export function withoutPaths(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const { code, syscall, message } = error;
  // The paths stand in quotes behind the rest: "EACCES: permission denied, open '/tmp/…'".
  return Object.assign(new Error(message.replace(/ '.*$/s, '')), { code, syscall });
}
