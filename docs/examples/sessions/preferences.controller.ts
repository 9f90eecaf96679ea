import { BadRequestException, Body, Controller, Get, ParseIntPipe, Post } from '@nestjs/common';
import { BadSignatureError, Cookies } from 'nest-sessions';

const YEAR = 365 * 24 * 60 * 60;

@Controller('preferences')
export class PreferencesController {
  // #region cookies
  @Get()
  show(@Cookies('theme') theme = 'light', @Cookies('size', new ParseIntPipe({ optional: true })) size = 16) {
    return { theme, size };
  }

  @Post()
  choose(@Cookies() cookies: Cookies, @Body('theme') theme: string) {
    cookies.set('theme', theme, { maxAge: YEAR, sameSite: 'lax' });
    cookies.delete('size');
    return { theme: cookies.get('theme'), hasSize: cookies.has('size') }; // as the browser will have them
  }
  // #endregion

  // #region signed
  @Post('referrer')
  refer(@Cookies() cookies: Cookies, @Body('partner') partner: string) {
    cookies.setSigned('referrer', partner, { salt: 'referrer', maxAge: YEAR, httpOnly: true });
  }

  @Get('referrer')
  referrer(@Cookies() cookies: Cookies) {
    try {
      return { partner: cookies.getSigned('referrer', { salt: 'referrer', maxAge: YEAR }) ?? null };
    } catch (error) {
      if (error instanceof BadSignatureError) throw new BadRequestException('The cookie was altered.');
      throw error;
    }
  }
  // #endregion
}
