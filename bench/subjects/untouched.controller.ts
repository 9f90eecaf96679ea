import { Controller, Get } from '@nestjs/common';

/** The route that has nothing to do with sessions. The same class in every subject. */
@Controller()
export class UntouchedController {
  @Get('untouched')
  untouched(): object {
    return { ok: true };
  }
}
