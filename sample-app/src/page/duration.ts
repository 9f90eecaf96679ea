const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long ago something was. */
export function ago(instant: Date): string {
  const seconds = (Date.now() - instant.getTime()) / 1000;
  return seconds < 2 ? 'just now' : `${inWords(seconds, 1)} ago`;
}

/** Seconds in words, by their largest units: `1 hour 5 minutes`. */
export function inWords(seconds: number, units = 2): string {
  let rest = Math.max(0, Math.round(seconds));
  const words: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.slice(0, units).join(' ') || '0 seconds';
}
