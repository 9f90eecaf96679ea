import { Module } from '@nestjs/common';
import { CounterController } from './counter.controller.js';
import { SessionController } from './session.controller.js';

@Module({ controllers: [SessionController, CounterController] })
export class SessionDataModule {}
