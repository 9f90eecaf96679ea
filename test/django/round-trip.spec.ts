import fc from 'fast-check';
import { splitMembers } from '../../src/signing/index.js';
import { describeWith } from '../support/services.js';
import { Peers, type Place, places } from './peers.js';
import { attempts, nestSession, pythonSession } from './python-json.js';

const RUNS = 100;

/** Each entry in the very text that Python has for it, without those named. */
function entries(json: string | null, ...without: string[]): Record<string, string> {
  const members = splitMembers(json!);
  for (const name of without) members.delete(name);
  return Object.fromEntries([...members].sort());
}

function tests(place: Place): void {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start(place);
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);

  /** A cookie holds 4096 bytes, and a character takes up to 8 of them. */
  const fits = (json: string): boolean => place.engine !== 'signed_cookies' || json.length < 450;

  it('come back to Django byte for byte when something else was changed here', async () => {
    await fc.assert(
      fc.asyncProperty(pythonSession, async (json) => {
        fc.pre(fits(json));
        const key = await peers.django.create(json);
        const before = await peers.django.read(key);
        const session = (await peers.nest.sessions.find(key))!;
        session.set('of this side', 1);
        await session.save();
        const after = await peers.django.read(session.key!);
        expect(entries(after, 'of this side')).toEqual(entries(before, 'of this side'));
        expect(entries(after)).toMatchObject({ 'of this side': '1' });
      }),
      attempts(RUNS),
    );
  }, 300_000);

  it('come back from Django as they were when something else was changed there', async () => {
    await fc.assert(
      fc.asyncProperty(nestSession, async (data) => {
        fc.pre(fits(JSON.stringify(data)));
        const { key } = await peers.nest.sessions.create(data);
        expect(JSON.parse((await peers.django.read(key!))!)).toEqual(data);
        const { setCookie } = await peers.django.request(`sessionid=${key}`, [['set', "of Django's", 1]]);
        const [, newKey] = /^sessionid=([^;]+)/.exec(setCookie[0]!)!;
        const session = await peers.nest.sessions.find(newKey!);
        expect(session!.toJSON()).toEqual({ ...data, "of Django's": 1 });
      }),
      attempts(RUNS),
    );
  }, 300_000);
}

for (const place of places) {
  await describeWith(place.service, `Generated sessions in ${place.name}`, () => tests(place));
}
