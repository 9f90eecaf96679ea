import { applyDecorators, Header } from '@nestjs/common';

/** The handler's text is a page, which shows things of one visitor: no cache may keep it. */
export const SendsPage = (): MethodDecorator =>
  applyDecorators(Header('Content-Type', 'text/html; charset=utf-8'), Header('Cache-Control', 'no-store'));
