import { Controller, Header, Post } from '@nestjs/common';
import type { Assembly } from './assembly.js';
import { UntouchedController } from './untouched.controller.js';

/** Its browsers bring a cookie too, as any browser does, so that all subjects read the same requests. */
@Controller()
class CookieController {
  @Post('new')
  @Header('Set-Cookie', `bare=${'0'.repeat(32)}; Path=/; HttpOnly; SameSite=Lax`)
  create(): object {
    return { count: 0 };
  }
}

export function assemble(): Assembly {
  return { metadata: { controllers: [UntouchedController, CookieController] } };
}
