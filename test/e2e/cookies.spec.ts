import {
  Body,
  Controller,
  Delete,
  Get,
  type INestApplication,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { BadSignatureError, Cookies, type CookieOptions, Session, SignatureExpiredError } from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';

@Controller()
class CookieController {
  @Get('all')
  all(@Cookies() cookies: Cookies) {
    return Object.fromEntries(cookies);
  }

  @Get('one')
  one(@Cookies('theme') theme: string | undefined) {
    return { theme: theme ?? 'light' };
  }

  @Get('number')
  number(@Cookies('n', ParseIntPipe) n: number) {
    return { n };
  }

  @Put('cookies/:name')
  set(
    @Cookies() cookies: Cookies,
    @Param('name') name: string,
    @Body() body: { value: string; options?: CookieOptions },
  ) {
    cookies.set(name, body.value, body.options);
    return { readBack: cookies.get(name) };
  }

  @Delete('cookies/:name')
  delete(@Cookies() cookies: Cookies, @Param('name') name: string) {
    cookies.delete(name);
  }

  @Put('signed/:name')
  sign(@Cookies() cookies: Cookies, @Param('name') name: string, @Body() body: { value: string }) {
    cookies.setSigned(name, body.value, { salt: 'test', httpOnly: true });
  }

  @Get('signed/:name')
  signed(@Cookies() cookies: Cookies, @Param('name') name: string, @Query('maxAge') maxAge?: string) {
    try {
      return {
        value: cookies.getSigned(name, { salt: 'test', maxAge: maxAge === undefined ? undefined : Number(maxAge) }),
      };
    } catch (error) {
      return { expired: error instanceof SignatureExpiredError, bad: error instanceof BadSignatureError };
    }
  }

  @Post('many')
  many(@Cookies() cookies: Cookies, @Session() session: Session) {
    cookies.set('a', '1', { path: '/a', httpOnly: true });
    cookies.set('b', '2');
    cookies.set('a', '3');
    cookies.delete('c');
    cookies.set('c', '4');
    session.set('x', 1);
  }

  @Post('fail')
  fail(@Cookies() cookies: Cookies) {
    cookies.set('kept', 'also with an error');
    throw new Error('boom');
  }
}

describe.each(platforms)('cookies on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [CookieController] });
  });
  afterAll(() => app.close());
  const http = () => request(app.getHttpServer());

  it('are read whole, one by one, and through pipes', async () => {
    const cookie = 'theme=dark; n=42; quoted="a b"; percent=%C3%B8%3B; theme=second; broken=%E0%A4%A';
    const expected = { theme: 'dark', n: '42', quoted: 'a b', percent: 'ø;', broken: '%E0%A4%A' };
    await http().get('/all').set('Cookie', cookie).expect(200, expected);
    await http().get('/one').set('Cookie', cookie).expect(200, { theme: 'dark' });
    await http().get('/one').expect(200, { theme: 'light' });
    await http().get('/number').set('Cookie', cookie).expect(200, { n: 42 });
    await http().get('/number').set('Cookie', 'n=x').expect(400);
  });

  it('are set with their attributes and read back in the same request', async () => {
    const options = { maxAge: 60, httpOnly: true, secure: true, sameSite: 'strict', path: '/x', domain: 'example.com' };
    const response = await http().put('/cookies/theme').send({ value: 'dark ø;', options });
    expect(response.body).toEqual({ readBack: 'dark ø;' });
    expect(setCookies(response)[0]).toMatch(
      /^theme=dark%20%C3%B8%3B; Domain=example\.com; expires=.+ GMT; HttpOnly; Max-Age=60; Path=\/x; SameSite=Strict; Secure$/,
    );
    await http().get('/all').set('Cookie', cookieOf(response, 'theme')!).expect(200, { theme: 'dark ø;' });
  });

  it('the last set or delete of a name wins, beside the session cookie', async () => {
    const response = await http().post('/many').expect(201);
    expect(setCookies(response).map((cookie) => cookie.replace(/=[a-z0-9]{32}.*/, '='))).toEqual([
      'a=3; Path=/',
      'b=2; Path=/',
      'c=4; Path=/',
      'sessionid=',
    ]);
  });

  it('are deleted', async () => {
    const response = await http().delete('/cookies/theme').set('Cookie', 'theme=dark').expect(200);
    expect(setCookies(response)).toEqual(['theme=; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/']);
  });

  it('that no browser would keep are refused, and nothing is sent', async () => {
    const refused: [string, object][] = [
      ['a b', { value: 'x' }],
      ['path', { value: 'x' }],
      ['name', { value: 'a\r\nSet-Cookie: b=c' }],
      ['name', { value: 'x'.repeat(4100) }],
      ['__Host-a', { value: 'x' }],
      ['name', { value: 'x', options: { sameSite: 'none' } }],
      ['name', { value: 'x', options: { path: '/;Domain=evil' } }],
    ];
    for (const [name, body] of refused) {
      const response = await http()
        .put(`/cookies/${encodeURIComponent(name)}`)
        .send(body);
      expect({ name, status: response.status, cookies: setCookies(response) }).toEqual({
        name,
        status: 500,
        cookies: [],
      });
    }
  });

  it('that are signed come back only as they were signed', async () => {
    const signed = await http().put('/signed/user').send({ value: 'ann: 1' }).expect(200);
    const cookie = cookieOf(signed, 'user')!;
    expect(cookie).toMatch(/^user=ann:%201:[0-9A-Za-z]+:[\w-]{43}$/);
    await http().get('/signed/user').set('Cookie', cookie).expect(200, { value: 'ann: 1' });
    await http().get('/signed/user').expect(200, {});
    const altered = { expired: false, bad: true };
    await http().get('/signed/user').set('Cookie', cookie.replace('ann', 'bob')).expect(200, altered);
    await http().get('/signed/other').set('Cookie', cookie.replace('user=', 'other=')).expect(200, altered);
    await http().get('/signed/user?maxAge=-1').set('Cookie', cookie).expect(200, { expired: true, bad: true });
  });

  it('are sent with errors too, as in Django', async () => {
    expect(setCookies(await http().post('/fail').expect(500))).toHaveLength(1);
  });
});
