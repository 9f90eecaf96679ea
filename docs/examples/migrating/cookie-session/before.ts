import { Body, Controller, Get, Module, type NestApplicationOptions, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieSession from 'cookie-session';

/** As cookie-session has it. */
interface Request {
  session: { userId?: string; cart?: string[] } | null;
}

@Controller()
export class ShopController {
  // #region cart
  @Post('cart')
  add(@Req() request: Request, @Body('item') item: string) {
    request.session!.cart = [...(request.session!.cart ?? []), item];
    return request.session!.cart;
  }
  // #endregion

  @Get('me')
  me(@Req() { session }: Request) {
    return { userId: session?.userId ?? null, cart: session?.cart ?? [] };
  }

  // #region log-in
  @Post('login')
  logIn(@Req() request: Request, @Body('name') name: string) {
    request.session!.userId = name;
  }

  @Post('logout')
  logOut(@Req() request: Request) {
    request.session = null;
  }
  // #endregion
}

@Module({ controllers: [ShopController] })
export class AppModule {}

export async function start(options: NestApplicationOptions = {}): Promise<NestExpressApplication> {
  // #region main
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.use(cookieSession({ keys: [process.env.OLD_COOKIE_KEY!], maxAge: 7 * 24 * 60 * 60 * 1000 }));
  // #endregion
  return app;
}
