import { Controller, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';
import { countUp } from './count-up.js';
import type { VisitorSession } from './visitor-session.js';

@Controller('counter')
export class CounterController {
  @Post()
  increment(@Session() session: Session<VisitorSession>) {
    return { count: countUp(session) };
  }
}
