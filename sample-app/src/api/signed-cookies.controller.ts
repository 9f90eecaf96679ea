import { Body, Controller, Delete, Get, NotFoundException, Param, Put } from '@nestjs/common';
import { Cookies } from 'nest-sessions';
import { COOKIE_ATTRIBUTES } from './cookie-attributes.js';

/** Cookies that anyone can read but nobody can change: a changed one is a BadSignatureError, answered with 400. */
@Controller('signed-cookies')
export class SignedCookiesController {
  @Put(':name')
  set(
    @Cookies() cookies: Cookies,
    @Param('name') name: string,
    @Body('value') value: string,
    @Body('maxAge') maxAge?: number,
  ) {
    cookies.setSigned(name, value, { ...COOKIE_ATTRIBUTES, maxAge });
    return 'Setting a cookie';
  }

  @Get(':name')
  get(@Cookies() cookies: Cookies, @Param('name') name: string) {
    const value = cookies.getSigned(name);
    if (value === undefined) throw new NotFoundException('Cookie not found');
    return { name, value };
  }

  @Delete(':name')
  delete(@Cookies() cookies: Cookies, @Param('name') name: string) {
    cookies.delete(name, COOKIE_ATTRIBUTES);
    return 'Deleting a cookie';
  }
}
