import type { Secret } from './salted-hmac.js';

/** Django asks for 50; 32 random letters are out of reach as well. */
const FEWEST_CHARACTERS = 32;
const FEWEST_DIFFERENT = 5;

/** What Django's `startproject` puts before a secret that is not meant for production. */
const DJANGO_INSECURE = 'django-insecure-';

/** Of what examples, tutorials and templates make their secrets. The longer of two that begin alike stands first. */
const EXAMPLE_WORDS = new RegExp(
  [
    'abcdefghijklmnopqrstuvwxyz passphrase characters production password replace',
    'application development placeholder thirtytwo changeit keyboard insecure minimum complex session example default',
    'qwerty letmein signing bigger change cookie length phrase random secret secure should string please sample nestjs',
    'super least tokens token value hello world chars dummy admin this with that than test todo your very long must here text',
    'demo key cat app dev for the and jwt not log foo bar use at be do in is it me my of to a',
  ]
    .join(' ')
    .replaceAll(' ', '|'),
  'g',
);

/**
 * Why a secret can be guessed, to follow "is": "shorter than 32 characters". Undefined for a good one. Nothing of the secret
 * is part of it.
 */
export function weaknessOf(secret: Secret): string | undefined {
  const text = typeof secret === 'string' ? secret : Buffer.from(secret).toString('latin1');
  if (isWellKnown(text)) return 'one that everybody knows';
  if (text.length < FEWEST_CHARACTERS) return `shorter than ${FEWEST_CHARACTERS} characters`;
  if (new Set(text).size < FEWEST_DIFFERENT) return `made of fewer than ${FEWEST_DIFFERENT} different characters`;
  if (period(text) < FEWEST_CHARACTERS) return 'a short text over and over';
  return undefined;
}

function isWellKnown(text: string): boolean {
  if (text.startsWith(DJANGO_INSECURE)) return true;
  const letters = text.toLowerCase().replace(/[^a-z]/g, '');
  return letters.length > text.length / 2 && letters.replace(EXAMPLE_WORDS, '') === '';
}

/** The length of the part of which a text is a repetition; its own length where it is none. */
function period(text: string): number {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) return length;
  }
  return text.length;
}
