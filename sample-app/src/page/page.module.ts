import { Module } from '@nestjs/common';
import { InspectorModule } from '../inspector/inspector.module.js';
import { Pages } from './pages.js';

@Module({ imports: [InspectorModule], providers: [Pages], exports: [Pages] })
export class PageModule {}
