/**
 * What `call` resolves to, if it does so within that many seconds. A call that takes longer is given up: its signal tells
 * it so, and what becomes of it is nobody's business any more, also when it rejects.
 */
export async function withinTime<T>(
  seconds: number,
  late: () => Error,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      patience.abort();
    }, seconds * 1000);
  });
  try {
    return await Promise.race([call(patience.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
