import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

const LONGEST_FILLER = 10_000;

/** A count in data of some length that shows whether it is whole. */
export function dataWith(count: number): string {
  const filler = randomBytes(Math.floor(Math.random() * LONGEST_FILLER)).toString('hex');
  const text = `${count} ${filler}`;
  return `${text} ${checksum(text)}`;
}

/** Throws when the data is not what `dataWith` made, in full. */
export function countIn(data: string): number {
  const end = data.lastIndexOf(' ');
  assert.equal(data.slice(end + 1), checksum(data.slice(0, end)), 'The data is torn.');
  return Number.parseInt(data, 10);
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
