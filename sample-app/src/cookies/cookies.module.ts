import { Module } from '@nestjs/common';
import { CookiesController } from './cookies.controller.js';
import { SignedCookiesController } from './signed-cookies.controller.js';

@Module({ controllers: [CookiesController, SignedCookiesController] })
export class CookiesModule {}
