import { Controller, Get, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';

@Controller('counter')
export class CounterController {
  @Get()
  show(@Session('count') count = 0) {
    return { count };
  }

  @Post()
  count(@Session() session: Session) {
    return { count: session.compute('count', (count = 0) => count + 1) };
  }

  @Post('reset')
  async reset(@Session() session: Session) {
    await session.flush();
  }
}
