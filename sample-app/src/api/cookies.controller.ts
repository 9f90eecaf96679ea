import { Body, Controller, Delete, Get, NotFoundException, Param, Put } from '@nestjs/common';
import { Cookies } from 'nest-sessions';
import { SESSION_COOKIES } from '../session/session-options.js';
import { COOKIE_ATTRIBUTES } from './cookie-attributes.js';

@Controller('cookies')
export class CookiesController {
  /** No type is checked here: the jar refuses what no browser would keep, and the refusal is answered with 400. */
  @Put(':name')
  set(
    @Cookies() cookies: Cookies,
    @Param('name') name: string,
    @Body('value') value: string,
    @Body('maxAge') maxAge?: number,
  ) {
    cookies.set(name, value, { ...COOKIE_ATTRIBUTES, maxAge });
    return 'Setting a cookie';
  }

  @Get(':name')
  get(@Cookies() cookies: Cookies, @Param('name') name: string) {
    const value = cookies.get(name);
    // The session cookie is a password, which HttpOnly keeps from scripts; it must not be had this way either.
    if (value === undefined || SESSION_COOKIES.includes(name)) throw new NotFoundException('Cookie not found');
    return { name, value };
  }

  @Delete(':name')
  delete(@Cookies() cookies: Cookies, @Param('name') name: string) {
    cookies.delete(name, COOKIE_ATTRIBUTES);
    return 'Deleting a cookie';
  }
}
