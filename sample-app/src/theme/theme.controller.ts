import { Body, Controller, Post, Redirect } from '@nestjs/common';
import { Cookies } from 'nest-sessions';
import { OwnPathPipe } from '../page/own-path.pipe.js';
import { type Theme, ThemePipe } from './theme.js';

const YEAR = 365 * 24 * 60 * 60;

/** Whoever chooses a theme needs a cookie, but no session. */
@Controller('theme')
export class ThemeController {
  @Post()
  @Redirect('/', 303)
  choose(@Cookies() cookies: Cookies, @Body('theme', ThemePipe) theme: Theme, @Body('back', OwnPathPipe) back: string) {
    if (theme === 'system') cookies.delete('theme');
    else cookies.set('theme', theme, { maxAge: YEAR, sameSite: 'lax', httpOnly: true });
    return { url: back };
  }
}
