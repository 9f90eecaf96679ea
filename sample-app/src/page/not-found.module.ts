import { Get, Module, NotFoundException, Req } from '@nestjs/common';
import type { Request } from 'express';
import { ShopController } from './shop-controller.decorator.js';

@ShopController()
class NotFoundController {
  @Get('{*path}')
  refuse(@Req() { method, url }: Request) {
    throw new NotFoundException(`Cannot ${method} ${url}`);
  }
}

/** Pages that do not exist. */
@Module({ controllers: [NotFoundController] })
export class NotFoundModule {}
