import { Controller, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';
import { countUp } from './count-up.js';
import type { SampleSession } from './sample-session.js';

@Controller('counter')
export class CounterController {
  @Post()
  increment(@Session() session: Session<SampleSession>) {
    return { count: countUp(session) };
  }
}
