import { execFileSync } from 'node:child_process';
import { SignedCookieEngine } from '../../src/engines/cookie/index.js';
import { systemClock } from '../../src/session/clock.js';
import { CookieSessionManager } from '../../src/session/cookie-session-manager.js';
import { SessionExpiry } from '../../src/session/expiry.js';
import { jsonText } from '../../src/session/session-text.js';
import { describeWith, python } from '../support/services.js';
import { RecordingObserver } from '../support/session-world.js';

const SECRET = 'the secret that both sides share';

const PROLOGUE = `
import json, sys
import django
from django.conf import settings
settings.configure(SECRET_KEY=${JSON.stringify(SECRET)}, USE_TZ=True,
    SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies',
    SESSION_SERIALIZER='django.contrib.sessions.serializers.JSONSerializer')
django.setup()
from django.contrib.sessions.backends.signed_cookies import SessionStore
given = json.load(sys.stdin)
`;

/** Runs Python with Django set up; it finds \`input\` in \`given\`, and what it prints as JSON is the answer. */
function django<Answer>(program: string, input: unknown): Answer {
  const output = execFileSync(python, ['-c', PROLOGUE + program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  return JSON.parse(output) as Answer;
}

/** Stores each of the given dictionaries as a session and prints the values of the cookies. */
const WRITE = `
cookies = []
for data in given:
    store = SessionStore()
    store.update(data)
    store.save()
    cookies.append(store.session_key)
print(json.dumps(cookies))
`;

/** Loads each of the given cookies and prints what Django's session then holds. */
const READ = `print(json.dumps([dict(SessionStore(cookie).items()) for cookie in given]))`;

const sessions: Record<string, unknown>[] = [
  {},
  { a: 1 },
  { user: { id: 42, roles: ['admin', 'staff'], address: { city: 'Oslo', geo: [59.91, 10.75] } } },
  { name: 'Bjørn Ж 清風 😀 \u007f\u2028', ключ: '€', 'a"b\\c': '\n\t\0' },
  { text: 'abcdefghij'.repeat(300) },
  { _session_expiry: 300, _auth_user_id: '1' },
  { nothing: null, yes: true, no: false, zero: 0, negative: -1.5e-7, big: 1e22 },
  JSON.parse('{"__proto__":{"a":1},"constructor":"x"}') as Record<string, unknown>,
];

await describeWith('django', 'the engine signed_cookies beside a running Django', () => {
  const engine = new SignedCookieEngine({ secret: SECRET });
  const observer = new RecordingObserver();
  const manager = new CookieSessionManager({
    engine,
    text: jsonText,
    expiry: new SessionExpiry({ cookieAge: 1209600, expireAtBrowserClose: false, clock: systemClock }),
    clock: systemClock,
    observer,
    saveEveryRequest: false,
    touchAfter: 0,
    cookieName: 'sessionid',
  });

  it('reads what Django writes', async () => {
    const cookies = django<string[]>(WRITE, sessions);
    const read = await Promise.all(cookies.map(async (cookie) => (await manager.find(cookie))!.toJSON()));
    expect(JSON.stringify(read)).toBe(JSON.stringify(sessions));
    expect(observer.warnings).toEqual([]);
  });

  it('writes what Django reads', () => {
    const cookies = sessions.map((data) => engine.seal(jsonText.write(new Map(Object.entries(data)))));
    expect(django(READ, cookies)).toEqual(sessions);
  });

  it("changes a session of Django's and leaves the rest of it as it was", async () => {
    const write = `
store = SessionStore()
store.update({'float': 1.0, 'big': 2 ** 70, 'nan': float('nan'), 'count': 1})
store.save()
print(json.dumps(store.session_key))
`;
    const session = (await manager.find(django<string>(write, null)))!;
    session.compute('count', (count = 0) => count + 1);
    await session.save();
    const read = `print(json.dumps({key: repr(value) for key, value in SessionStore(given).items()}))`;
    expect(django(read, session.key)).toEqual({ float: '1.0', big: String(2n ** 70n), nan: 'nan', count: '2' });
  });

  it('makes no cookie that Django finds too old or forged, and takes none that Django would not', async () => {
    const loads = `
from django.core import signing
salt = 'django.contrib.sessions.backends.signed_cookies'
def outcome(cookie):
    try:
        return signing.loads(cookie, salt=salt, max_age=60)
    except Exception as error:
        return type(error).__name__
print(json.dumps([outcome(cookie) for cookie in given]))
`;
    const anHourAgo = { now: () => Date.now() - 3_600_000 };
    const good = engine.seal('{"a":1}');
    const old = new SignedCookieEngine({ secret: SECRET, clock: anHourAgo }).seal('{"a":1}');
    const foreign = new SignedCookieEngine({ secret: 'another' }).seal('{"a":1}');
    const altered = good.slice(0, -2) + (good.endsWith('AA') ? 'BA' : 'AA');
    expect(django(loads, [good, old, foreign, altered])).toEqual([
      { a: 1 },
      'SignatureExpired',
      'BadSignature',
      'BadSignature',
    ]);
    expect(await manager.find(foreign)).toBeUndefined();
    expect(await manager.find(altered)).toBeUndefined();
  });
});
