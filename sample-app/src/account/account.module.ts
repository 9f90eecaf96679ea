import { Module } from '@nestjs/common';
import { PageModule } from '../page/page.module.js';
import { AccountController } from './account.controller.js';
import { Credentials } from './credentials.js';

@Module({ imports: [PageModule], controllers: [AccountController], providers: [Credentials] })
export class AccountModule {}
