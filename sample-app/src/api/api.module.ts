import { Module } from '@nestjs/common';
import { CookiesController } from './cookies.controller.js';
import { CounterController } from './counter.controller.js';
import { LoginController } from './login.controller.js';
import { SessionController } from './session.controller.js';
import { SignedCookiesController } from './signed-cookies.controller.js';

/** JSON routes for curl: every method of a session and of cookies, without a shop around it. */
@Module({
  controllers: [SessionController, CounterController, LoginController, CookiesController, SignedCookiesController],
})
export class ApiModule {}
