/** The middle of the numbers, and the range in which their middle half lies. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/**
 * Of times: what lasts when little disturbs it. What else runs on a machine only ever adds to a time, so of many the lower
 * ones say most about what was measured.
 */
export function lowerQuartile(times: readonly number[]): number {
  return spreadOf(times).low;
}

export function median(numbers: readonly number[]): number {
  return spreadOf(numbers).median;
}

/** Of numbers in their order: that which so large a share of them does not exceed. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
