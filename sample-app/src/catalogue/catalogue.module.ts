import { Module } from '@nestjs/common';
import { PageModule } from '../page/page.module.js';
import { CatalogueController } from './catalogue.controller.js';

@Module({ imports: [PageModule], controllers: [CatalogueController] })
export class CatalogueModule {}
