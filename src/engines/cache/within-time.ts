/**
 * What `call` resolves to, if it does so within that many seconds. A call that takes longer is given up: what becomes of
 * it is nobody's business any more, also when it rejects.
 */
export async function withinTime<T>(seconds: number, late: () => Error, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    return await Promise.race([call(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
