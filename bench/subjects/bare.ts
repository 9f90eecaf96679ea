import type { Assembly } from './assembly.js';
import { UntouchedController } from './untouched.controller.js';

export function assemble(): Assembly {
  return { metadata: { controllers: [UntouchedController] } };
}
