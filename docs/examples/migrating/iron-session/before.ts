import { Body, Controller, Get, Module, type NestApplicationOptions, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { getIronSession } from 'iron-session';
import { oldOptions } from './old-options.js';

interface ShopSession {
  userId: string;
  cart: string[];
}

@Controller()
export class ShopController {
  // #region cart
  @Post('cart')
  async add(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body('item') item: string) {
    const session = await getIronSession<Partial<ShopSession>>(request, response, oldOptions);
    session.cart = [...(session.cart ?? []), item];
    await session.save();
    return session.cart;
  }
  // #endregion

  @Get('me')
  async me(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const session = await getIronSession<Partial<ShopSession>>(request, response, oldOptions);
    return { userId: session.userId ?? null, cart: session.cart ?? [] };
  }

  // #region log-in
  @Post('login')
  async logIn(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body('name') name: string) {
    const session = await getIronSession<Partial<ShopSession>>(request, response, oldOptions);
    session.userId = name;
    await session.save();
  }

  @Post('logout')
  async logOut(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const session = await getIronSession<Partial<ShopSession>>(request, response, oldOptions);
    session.destroy();
  }
  // #endregion
}

@Module({ controllers: [ShopController] })
export class AppModule {}

export function start(options: NestApplicationOptions = {}): Promise<NestExpressApplication> {
  return NestFactory.create<NestExpressApplication>(AppModule, options);
}
