import { Module } from '@nestjs/common';
import { ThemeController } from './theme.controller.js';

@Module({ controllers: [ThemeController] })
export class ThemeModule {}
