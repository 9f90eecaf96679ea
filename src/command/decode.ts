import { readJson } from '../signing/index.js';
import { type Command, CommandError, type Invocation, UsageError } from './command.js';
import { openValue, type OpenedValue } from './open-value.js';
import { readLines } from './read-lines.js';
import { type Terminal, writeLine } from './terminal.js';

const SECRET_VARIABLE = 'NEST_SESSIONS_SECRET';

/** Shows what a value holds that the package has signed or encrypted. */
export const decode: Command = {
  summary: 'show what a cookie or a stored session holds',
  help: `Usage: nest-sessions decode [--salt <salt>] [--name <cookie> [--salt <salt>]] [--cookie-name <name>]

Reads two lines from standard input, so that neither lands in the history of the shell: the value, as
it is in the cookie or in the store, and the secret. On a terminal it asks for both, and does not
show the secret. Where the environment variable ${SECRET_VARIABLE} is set, that is the
secret and only the value is read:

  ${SECRET_VARIABLE}="$SECRET_KEY" nest-sessions decode < value.txt

Prints JSON: what kind of value it is, when it was made, its age in seconds, and what it holds. Says
nothing of a value that the secret does not open. Whether a session has expired is not its business.

Without options: a stored session, the cookie of the engines signed_cookies and encrypted_cookies, also
what the serializer encrypted() made. Fallbacks are tried by running it again with that secret.

  --cookie-name <name>   the name of the session cookie, which encryption depends on (sessionid)
  --salt <salt>          another salt: the option keySalt, or that of a signed object
  --name <cookie>        a signed cookie of this name, set with cookies.setSigned(), and its --salt`,
  options: { salt: { type: 'string' }, name: { type: 'string' }, 'cookie-name': { type: 'string' } },

  async run({ positionals, options }, terminal) {
    if (positionals.length > 0) {
      throw new UsageError('decode reads the value from standard input, where no history of a shell keeps it.');
    }
    const [value, secret] = await readInput(terminal);
    const opened = openValue(value, secret, namesIn(options));
    if (!opened) {
      throw new CommandError(
        'The value does not open: it was altered or cut off, or made with another secret, salt or name of the cookie.',
      );
    }
    await writeLine(terminal.output, describe(opened));
    return 0;
  },
};

async function readInput(terminal: Terminal): Promise<[value: string, secret: string]> {
  const known = terminal.environment[SECRET_VARIABLE] || undefined;
  const questions = [{ text: 'Value: ' }, { text: 'Secret (not shown): ', isHidden: true }];
  const [value, secret = known] = await readLines(known === undefined ? questions : questions.slice(0, 1), terminal);
  if (!value?.trim()) throw new UsageError('There is no value in the first line of standard input.');
  if (!secret) {
    throw new UsageError(`There is no secret, neither in the second line of standard input nor in ${SECRET_VARIABLE}.`);
  }
  return [value.trim(), secret];
}

function namesIn(options: Invocation['options']): { salt?: string; name?: string; cookieName?: string } {
  const { salt, name, 'cookie-name': cookieName } = options as Record<string, string | undefined>;
  if (cookieName !== undefined && (salt ?? name) !== undefined) {
    throw new UsageError('--cookie-name is for an encrypted cookie, which has neither --salt nor --name.');
  }
  return { salt, name, cookieName };
}

function describe({ kind, madeAt, text, isPlain }: OpenedValue): string {
  const age = Math.floor((Date.now() - madeAt.getTime()) / 1000);
  const facts = [
    `"kind": ${JSON.stringify(kind)}`,
    `"madeAt": ${JSON.stringify(madeAt.toISOString())}`,
    `"age": ${age}`,
    isPlain ? `"value": ${ascii(JSON.stringify(text))}` : `"data": ${ascii(jsonOf(text))}`,
  ];
  return `{\n  ${facts.join(',\n  ')}\n}`;
}

/** The text as it stands, since JavaScript would change numbers of Python's; as a string where it is no JSON. */
function jsonOf(text: string): string {
  try {
    readJson(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** Nothing that a terminal would take for a command. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
