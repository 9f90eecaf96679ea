import { Controller, Get } from '@nestjs/common';
import { Cookies } from 'nest-sessions';

@Controller()
export class ThemeController {
  // #region theme
  @Get('theme')
  theme(@Cookies() cookies: Cookies) {
    cookies.set('theme', 'dark', { maxAge: 365 * 24 * 60 * 60, sameSite: 'lax' });
    cookies.setSigned('user', 'ann', { salt: 'login' });
    return cookies.getSigned('user', { salt: 'login', maxAge: 60 });
  }
  // #endregion
}
