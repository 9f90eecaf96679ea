import { Body, Controller, Get, type INestApplication, Param, Post } from '@nestjs/common';
import {
  Session,
  SessionOptionsError,
  SessionService,
  UnsupportedByEngineError,
  type UserSession,
} from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, SECRET, startApplication } from '../support/applications.js';
import { engines, type OpenEngine } from '../support/engines.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

@Controller()
class DeviceController {
  constructor(private readonly sessions: SessionService) {}

  @Post('log-in/:user')
  async logIn(@Session() session: Session, @Param('user') user: string) {
    session.set('userId', user);
    await session.cycleKey();
  }

  @Post('log-out')
  async logOut(@Session() session: Session) {
    await session.flush();
  }

  @Post('forget-user')
  forgetUser(@Session() session: Session) {
    session.delete('userId');
  }

  @Post('count')
  count(@Session() session: Session) {
    session.compute('count', (count = 0) => count + 1);
  }

  @Get('user')
  user(@Session() session: Session) {
    return { user: session.get('userId', null), count: session.get('count', 0) };
  }

  @Get('devices')
  devices(@Session() session: Session) {
    return this.sessions.listByUser(session.get('userId'), { current: session });
  }

  @Post('revoke-others')
  async revokeOthers(@Session() session: Session) {
    return { revoked: await this.sessions.revokeByUser(session.get('userId'), { except: session }) };
  }

  @Post('revoke')
  async revoke(@Body() { handle }: { handle: string }) {
    return { revoked: await this.sessions.revoke(handle) };
  }
}

/** One browser. */
class Device {
  cookie: string | undefined;

  constructor(
    private readonly app: INestApplication,
    private readonly userAgent = 'a browser',
  ) {}

  async send(method: 'get' | 'post', path: string, body?: object) {
    const sent = request(this.app.getHttpServer())[method](path).set('User-Agent', this.userAgent);
    if (this.cookie) void sent.set('Cookie', this.cookie);
    const response = await sent.send(body);
    this.cookie = cookieOf(response) ?? this.cookie;
    return response;
  }

  async logIn(user: string): Promise<this> {
    expect((await this.send('post', `/log-in/${user}`)).status).toBe(201);
    return this;
  }

  async user(): Promise<string | null> {
    return (await this.send('get', '/user')).body.user;
  }
}

const HOUR = 3600;
const userKey = 'userId';

for (const engine of engines.filter(({ listsByUser }) => listsByUser)) {
  await describeWith(engine.service, `sessions by user with the engine ${engine.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      let clock: TestClock;
      let store: OpenEngine;
      let app: INestApplication;
      let sessions: SessionService;

      beforeEach(async () => {
        clock = new TestClock();
        store = await engine.open();
        const options = { ...store.options, userKey, cookieAge: HOUR };
        app = await startApplication(platform, { controllers: [DeviceController] }, options, undefined, clock);
        sessions = app.get(SessionService);
      });
      afterEach(async () => {
        await app.close();
        await store.close();
      });

      const handlesOf = async (user: string): Promise<string[]> =>
        (await sessions.listByUser(user)).map(({ handle }) => handle);

      it('lists each device with its times, address, agent, and which one asks', async () => {
        const phone = await new Device(app, 'a phone').logIn('ann');
        clock.advance(10);
        await phone.send('post', '/count');
        clock.advance(10);
        const desk = await new Device(app, 'a desk').logIn('ann');
        await new Device(app).logIn('ben');
        const now = clock.now();
        const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
        const common = { handle: expect.any(String), ipAddress: expect.stringMatching(/127\.0\.0\.1$/) };
        const onDesk = { ...common, createdAt: at(0), lastSeenAt: at(0), expiresAt: at(HOUR), userAgent: 'a desk' };
        const onPhone = {
          ...common,
          createdAt: at(-20),
          lastSeenAt: at(-10),
          expiresAt: at(HOUR - 10),
          userAgent: 'a phone',
        };
        expect((await desk.send('get', '/devices')).body).toEqual([
          { ...onDesk, current: true },
          { ...onPhone, current: false },
        ]);
        expect((await phone.send('get', '/devices')).body.map(({ current }: UserSession) => current)).toEqual([
          false,
          true,
        ]);
      });

      it('gives handles that stay the same under a new key and hold no key', async () => {
        const device = await new Device(app).logIn('ann');
        const before = await handlesOf('ann');
        const key = device.cookie!.split('=')[1]!;
        await device.logIn('ann');
        expect(device.cookie).not.toContain(key);
        expect(await handlesOf('ann')).toEqual(before);
        expect(JSON.stringify(await sessions.listByUser('ann'))).not.toMatch(new RegExp(`${key}|[0-9a-f]{64}`));
      });

      it('ends all devices but the one that asks', async () => {
        const [phone, desk, other] = [new Device(app), new Device(app), await new Device(app).logIn('ben')];
        for (const device of [phone, desk]) await device.logIn('ann');
        expect((await desk.send('post', '/revoke-others')).body).toEqual({ revoked: 1 });
        expect([await phone.user(), await desk.user(), await other.user()]).toEqual([null, 'ann', 'ben']);
      });

      it('spares a session by its key and by its handle', async () => {
        const phone = await new Device(app).logIn('ann');
        const desk = await new Device(app).logIn('ann');
        const [{ key }] = [(await sessions.find(phone.cookie!.split('=')[1]!))!];
        expect(await sessions.revokeByUser('ann', { except: key })).toBe(1);
        expect([await phone.user(), await desk.user()]).toEqual(['ann', null]);
        await desk.logIn('ann');
        const spared = (await sessions.listByUser('ann', { current: key })).find(({ current }) => current)!;
        expect(await sessions.revokeByUser('ann', { except: spared.handle })).toBe(1);
        expect(await sessions.revokeByUser('ann')).toBe(1);
        expect(await phone.user()).toBeNull();
      });

      it('ends one device by its handle, once', async () => {
        const phone = await new Device(app, 'a phone').logIn('ann');
        const desk = await new Device(app, 'a desk').logIn('ann');
        const listed = await sessions.listByUser('ann');
        const { handle } = listed.find(({ userAgent }) => userAgent === 'a phone')!;
        expect((await desk.send('post', '/revoke', { handle })).body).toEqual({ revoked: true });
        expect((await desk.send('post', '/revoke', { handle })).body).toEqual({ revoked: false });
        expect([await phone.user(), await desk.user()]).toEqual([null, 'ann']);
      });

      it.each(['', 'x', 'nobody.bm9ib2R5', '../../etc/passwd', 'a'.repeat(5000), '%00.%00', `${'A'.repeat(16)}.AAAA`])(
        'takes the handle %j for none',
        async (handle) => {
          expect(await sessions.revoke(handle)).toBe(false);
        },
      );

      it('lists none any more for a user who has logged out, or whose sessions have expired', async () => {
        const [phone, desk] = [await new Device(app).logIn('ann'), await new Device(app).logIn('ann')];
        await phone.send('post', '/log-out');
        expect(await handlesOf('ann')).toHaveLength(1);
        await desk.send('post', '/forget-user');
        expect(await handlesOf('ann')).toEqual([]);
        await phone.logIn('ann');
        clock.advance(HOUR);
        expect(await handlesOf('ann')).toEqual([]);
      });

      it('follows a session to another user', async () => {
        const device = await new Device(app).logIn('ann');
        await device.logIn('ben');
        expect([await handlesOf('ann'), await handlesOf('ben')]).toEqual([[], [expect.any(String)]]);
        expect(await sessions.revokeByUser('ann')).toBe(0);
        expect(await device.user()).toBe('ben');
      });

      it.each(['O’Brien, Ünïcode ☃', 'ANN', ' ann ', "'; DROP TABLE session; --", 'a'.repeat(2000), '0'])(
        'keeps the user %j apart from any other',
        async (user) => {
          await new Device(app).logIn('ann');
          await sessions.create({ userId: user });
          expect(await handlesOf(user)).toHaveLength(1);
          expect(await handlesOf('ann')).toHaveLength(1);
          expect(await sessions.revokeByUser(user)).toBe(1);
          expect(await handlesOf('ann')).toHaveLength(1);
        },
      );

      it('takes a number and its text for the same user', async () => {
        await sessions.create({ userId: 7 });
        expect(await sessions.listByUser('7')).toHaveLength(1);
        expect(await sessions.listByUser(7)).toHaveLength(1);
      });

      it('leaves no session of a user alive who logs in, is given new keys and writes while all are ended', async () => {
        const devices = await Promise.all(Array.from({ length: 8 }, () => new Device(app).logIn('ann')));
        const work = devices.flatMap((device) => [
          device.logIn('ann'),
          device.send('post', '/count'),
          device.send('post', '/count'),
        ]);
        await sessions.revokeByUser('ann');
        await Promise.allSettled(work);
        // Whoever was given a new key meanwhile may have logged in again after the end.
        await sessions.revokeByUser('ann');
        expect(await Promise.all(devices.map((device) => device.user()))).toEqual(devices.map(() => null));
        expect(await handlesOf('ann')).toEqual([]);
      });

      if (!engine.isLasting) return;

      it('finds sessions that were stored with a former secret', async () => {
        await new Device(app).logIn('ann');
        await app.close();
        const options = { ...store.options, userKey, cookieAge: HOUR, secret: 'new '.repeat(10) };
        const rotated = { ...options, secretFallbacks: [SECRET] };
        app = await startApplication(platform, { controllers: [DeviceController] }, rotated, undefined, clock);
        sessions = app.get(SessionService);
        await new Device(app).logIn('ann');
        expect(await handlesOf('ann')).toHaveLength(2);
        expect(await sessions.revokeByUser('ann')).toBe(2);
      });
    });
  });
}

for (const engine of engines.filter(({ listsByUser }) => !listsByUser)) {
  it(`sessions by user are refused with the engine ${engine.name}`, async () => {
    const store = await engine.open();
    const app = await startApplication(platforms[0]!, {}, { ...store.options, userKey });
    const sessions = app.get(SessionService);
    for (const call of [sessions.listByUser(1), sessions.revokeByUser(1), sessions.revoke('aaaaaaaaaaaaaaaa.MQ')]) {
      await expect(call).rejects.toThrow(UnsupportedByEngineError);
    }
    await app.close();
    await store.close();
  });
}

it('sessions by user need the option userKey', async () => {
  const app = await startApplication(platforms[0]!, {});
  const sessions = app.get(SessionService);
  await expect(sessions.listByUser(1)).rejects.toThrow(SessionOptionsError);
  await expect(sessions.listByUser(1)).rejects.toThrow("userKey: 'userId'");
  await app.close();
});
