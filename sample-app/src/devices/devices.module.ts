import { Module } from '@nestjs/common';
import { PageModule } from '../page/page.module.js';
import { DevicesController } from './devices.controller.js';

@Module({ imports: [PageModule], controllers: [DevicesController] })
export class DevicesModule {}
