import { applyDecorators, Controller, UseFilters, UseInterceptors } from '@nestjs/common';
import { ChangeRecorder } from '../inspector/change-recorder.js';
import { ProblemPageFilter } from './problem-page.filter.js';

/** A controller whose errors are pages, and whose changes to the session the inspector shows. */
export const ShopController = (path = ''): ClassDecorator =>
  applyDecorators(Controller(path), UseInterceptors(ChangeRecorder), UseFilters(ProblemPageFilter));
