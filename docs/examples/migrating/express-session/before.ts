import { Body, Controller, Get, Module, type NestApplicationOptions, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import session from 'express-session';
import { client, oldOptions } from './old-options.js';

// #region types
declare module 'express-session' {
  interface SessionData {
    userId: string;
    cart: string[];
  }
}
// #endregion

@Controller()
export class ShopController {
  // #region cart
  @Post('cart')
  add(@Req() request: Request, @Body('item') item: string) {
    request.session.cart = [...(request.session.cart ?? []), item];
    return request.session.cart;
  }
  // #endregion

  @Get('me')
  me(@Req() request: Request) {
    return { userId: request.session.userId ?? null, cart: request.session.cart ?? [] };
  }

  // #region log-in
  @Post('login')
  logIn(@Req() request: Request, @Body('name') name: string) {
    const { cart } = request.session;
    return new Promise<void>((resolve, reject) => {
      request.session.regenerate((error) => {
        if (error) return reject(error as Error);
        request.session.userId = name;
        if (cart) request.session.cart = cart;
        request.session.save((error) => (error ? reject(error as Error) : resolve()));
      });
    });
  }

  @Post('logout')
  logOut(@Req() request: Request) {
    return new Promise<void>((resolve, reject) => {
      request.session.destroy((error) => (error ? reject(error as Error) : resolve()));
    });
  }
  // #endregion
}

@Module({ controllers: [ShopController] })
export class AppModule {}

export async function start(options: NestApplicationOptions = {}): Promise<NestExpressApplication> {
  // #region main
  await client.connect();
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.use(session({ ...oldOptions, resave: false, saveUninitialized: false }));
  // #endregion
  return app;
}
