import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { CookieJar } from 'tough-cookie';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { SECRET } from '../support/applications.js';
import { playTranscripts } from '../docs/transcripts.js';
import { describeWith, python } from '../support/services.js';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('../../examples/django', import.meta.url));

/** What `runserver` does, on a free port, which it prints. */
const SERVER = `
import os
from wsgiref.simple_server import make_server
from django.core.wsgi import get_wsgi_application
os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'
server = make_server('127.0.0.1', 0, get_wsgi_application())
print(server.server_port, flush=True)
server.serve_forever()
`;

await describeWith('django', 'The example with Django and the sample application on one domain', () => {
  let folder: string;
  let app: INestApplication;
  let address: string;
  let jar: CookieJar;
  const processes: ChildProcess[] = [];

  /** Starts a program and gives the last number in its first line. */
  async function start(program: string, args: string[], environment: object): Promise<string> {
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    processes.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return /\d+$/.exec(line)![0];
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-example-'));
    const shared = {
      SECRET_KEY: SECRET,
      DATABASE_PATH: join(folder, 'sessions.sqlite'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const { stdout: version } = await run(python, ['-m', 'django', '--version']);
    await run(python, ['manage.py', 'migrate', '--verbosity', '0'], { cwd, env: { ...process.env, ...shared } });
    const djangoPort = await start(python, ['-c', SERVER], shared);
    app = await createApp(readConfiguration({ SECRET_KEY: SECRET, DJANGO_VERSION: version.trim() }, folder), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const nestPort = String((app.getHttpServer().address() as AddressInfo).port);
    const ports = { PORT: '0', DJANGO_PORT: djangoPort, NEST_PORT: nestPort };
    address = `http://localhost:${await start(process.execPath, ['proxy.mjs'], ports)}`;
  }, 60_000);
  afterAll(async () => {
    for (const child of processes) {
      child.kill();
      await once(child, 'exit');
    }
    await app?.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    jar = new CookieJar();
  });

  async function visit(path: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(address + path, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { Cookie: jar.getCookieStringSync(address) },
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) jar.setCookieSync(cookie, address);
    return response;
  }

  const who = async (path: string): Promise<unknown> => {
    const response = await visit(path);
    return response.ok ? ((await response.json()) as { user: string }).user : response.status;
  };

  it.each([
    ['the sample application', '/login', '/me', '/django/me'],
    ['Django', '/django/login', '/django/me', '/me'],
  ])('knows a visitor on either side who logs in on %s', async (_, login, here, there) => {
    expect([await who(here), await who(there)]).toEqual([401, 401]);
    await visit(login, { user: 'ada' });
    expect([await who(here), await who(there)]).toEqual(['ada', 'ada']);
  });

  it.each(['/logout', '/django/logout'])('knows nobody any more after %s', async (logout) => {
    await visit('/django/login', { user: 'ada' });
    expect(await who('/me')).toBe('ada');
    await visit(logout, {});
    expect([await who('/me'), await who('/django/me')]).toEqual([401, 401]);
  });

  it('counts on with the same number', async () => {
    await visit('/counter', {});
    await visit('/django/counter', {});
    expect(await (await visit('/counter', {})).json()).toEqual({ count: 3 });
    expect(await (await visit('/django/')).text()).toContain('counted to <b>3</b>');
  });

  it('answers what its page says', () =>
    playTranscripts('examples/django/README.md', { port: new URL(address).port, cwd: folder }));
});
