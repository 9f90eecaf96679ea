import { Module } from '@nestjs/common';
import { PageActionsController } from './page-actions.controller.js';
import { PageController } from './page.controller.js';

@Module({ controllers: [PageController, PageActionsController] })
export class PageModule {}
