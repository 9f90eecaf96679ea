import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { djangoInterop, SessionEngine, SessionModule, type SessionModuleOptions } from 'nest-sessions';
import { DjangoSessionEntity } from 'nest-sessions/typeorm';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { SignedCookieEngine } from '../../../src/engines/cookie/index.js';
import { SESSION_CLOCK } from '../../../src/module/tokens.js';
import { type Platform, setCookies } from '../../support/applications.js';
import { databases } from '../../support/databases.js';
import { SessionCodec } from '../../../src/session/session-codec.js';
import { jsonText } from '../../../src/session/session-text.js';
import { SignedPayload } from '../../../src/signing/index.js';
import { TestClock } from '../../support/test-clock.js';
import { vectors } from '../../support/vectors.js';
import { type CookieKind, NOW, type Outcome, type Row, type Scenario } from './scenario.js';
import { optionsOf } from './settings.js';
import { ViewsController } from './views.controller.js';

const SECRET: string = vectors.meta.secret_key;
const SALT = 'django.contrib.sessions.SessionStore';
const KEY = 's'.repeat(32);
const STORED = { a: 1, n: {} };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Django's DDL, as its `migrate` prints it. */
const TABLE = [
  `CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)`,
  `CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")`,
];

@Module({ controllers: [ViewsController] })
class ViewsModule {}

/** An application on one engine with one set of settings, and the time standing still. */
export class Stage {
  readonly #engine: Scenario['engine'];
  readonly #cookieName: string;
  readonly #cookieAge: number;
  #app!: INestApplication;
  #dataSource: DataSource | undefined;
  #folder!: string;

  private constructor({ engine, settings }: Scenario) {
    this.#engine = engine;
    this.#cookieName = String(settings.SESSION_COOKIE_NAME ?? 'sessionid');
    this.#cookieAge = Number(settings.SESSION_COOKIE_AGE ?? 1209600);
  }

  /** Rejects when the application does not start with these settings. */
  static async start(platform: Platform, scenario: Scenario): Promise<Stage> {
    const stage = new Stage(scenario);
    try {
      await stage.#start(platform, scenario.settings);
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  async #start(platform: Platform, settings: Scenario['settings']): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'nest-sessions-scenarios-'));
    if (['db', 'cached_db'].includes(this.#engine)) this.#dataSource = await openDatabase();
    const module = await Test.createTestingModule({
      imports: [SessionModule.forRoot(this.#options(settings)), ViewsModule],
    })
      .overrideProvider(SESSION_CLOCK)
      .useValue(new TestClock(NOW))
      .compile();
    this.#app = module.createNestApplication<NestFastifyApplication>(platform.adapter(), { logger: false });
    await this.#app.listen(0, '127.0.0.1');
  }

  async play({ view, cookie, stored_data: data = STORED }: Scenario): Promise<Outcome> {
    await this.#clear();
    const sent = await this.#prepare(cookie, JSON.stringify(data));
    const response = await request(this.#app.getHttpServer())
      .get(`/${view}`)
      .set(sent === undefined ? {} : { Cookie: sent });
    const { status, headers } = response;
    return {
      status,
      set_cookie: setCookies(response).map((text) => this.#anonymous(text)),
      vary: headers.vary ?? null,
      ...(this.#dataSource ? { rows: await this.#rows() } : {}),
      ...(this.#engine === 'file' ? { files: (await this.#files()).length } : {}),
    };
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    await this.#dataSource?.destroy();
    await rm(this.#folder, { recursive: true });
  }

  #options(settings: Scenario['settings']): SessionModuleOptions {
    const shared = djangoInterop({ version: '3.2' });
    // Django cannot share these two; everything else that it would find is the same.
    if (this.#engine === 'cache' || this.#engine === 'cached_db') delete (shared as SessionModuleOptions).interop;
    return {
      ...shared,
      engine: this.#engine,
      secret: SECRET,
      entity: DjangoSessionEntity,
      dataSource: this.#dataSource,
      filePath: this.#folder,
      pruneInterval: false,
      ...optionsOf(settings),
    };
  }

  /** Stores what was there before the request, and gives the text of its Cookie header. */
  async #prepare(kind: CookieKind, data: string): Promise<string | undefined> {
    const name = this.#cookieName;
    switch (kind) {
      case 'none':
        return undefined;
      case 'valid':
        return `${name}=${await this.#store(data, NOW - MINUTE)}`;
      case 'expired':
        return `${name}=${await this.#store(data, NOW - 28 * DAY)}`;
      case 'tampered':
        return `${name}=${(await this.#store(data, NOW - MINUTE)).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}`;
      case 'unknown':
        return `${name}=${'u'.repeat(32)}`;
      case 'short':
        return `${name}=abc`;
      case 'bad_chars':
        return `${name}=ABCDEFGHIJKLMNOP_-.abcdefghijklm`;
      case 'empty_string':
        return `${name}=""`;
      case 'other_cookie':
        return 'theme=dark';
    }
  }

  /** A session that was saved at that time. Gives what its cookie holds. */
  async #store(text: string, savedAt: number): Promise<string> {
    const clock = new TestClock(savedAt);
    if (this.#engine === 'signed_cookies') return new SignedCookieEngine({ secret: SECRET, clock }).seal(text);
    const data = codec(clock).encode(text);
    const engine = this.#app.get(SessionEngine, { strict: false });
    await engine.create(KEY, { data, expiresAt: new Date(savedAt + this.#cookieAge * 1000) });
    return KEY;
  }

  async #clear(): Promise<void> {
    await this.#dataSource?.query('DELETE FROM django_session');
    for (const file of await readdir(this.#folder)) await rm(join(this.#folder, file));
    if (['cache', 'cached_db'].includes(this.#engine))
      await this.#app.get(SessionEngine, { strict: false }).delete(KEY);
  }

  async #rows(): Promise<Row[]> {
    const rows =
      await this.#dataSource!.query<{ session_key: string; session_data: string; expire_date: string }[]>(
        'SELECT * FROM django_session',
      );
    return rows
      .map(({ session_key: key, session_data: data, expire_date: expiry }) => ({
        key: key === KEY ? '<SENT>' : '<NEW>',
        data: Object.fromEntries(codec().decode(data).values),
        expire_date: `${expiry.replace(' ', 'T')}+00:00`,
      }))
      .sort((one, other) => one.key.localeCompare(other.key));
  }

  async #files(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => name.startsWith(this.#cookieName));
  }

  /** With the key of the session replaced, except where it is the session itself. */
  #anonymous(cookie: string): string {
    if (this.#engine === 'signed_cookies') return cookie;
    return cookie.replace(/^([^=]+)=([a-z0-9]{32});/, (_, name: string, key: string) =>
      key === KEY ? `${name}=<SENT>;` : `${name}=<NEW>;`,
    );
  }
}

function codec(clock = new TestClock(NOW)): SessionCodec {
  return new SessionCodec(jsonText, new SignedPayload({ secret: SECRET, salt: SALT, clock, charset: 'latin1' }));
}

async function openDatabase(): Promise<DataSource> {
  const sqlite = databases.find(({ name }) => name === 'SQLite')!;
  const dataSource = await sqlite.open([DjangoSessionEntity], { synchronize: false });
  for (const sql of TABLE) await dataSource.query(sql);
  return dataSource;
}
