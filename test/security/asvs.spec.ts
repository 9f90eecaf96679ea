import { platforms } from '../support/applications.js';
import { engines } from '../support/engines.js';
import { describeWith } from '../support/services.js';
import { reauthenticationChecks } from './asvs/reauthentication.checks.js';
import { SecuredApplication } from './asvs/secured-application.js';
import { terminationChecks } from './asvs/termination.checks.js';
import { timeoutChecks } from './asvs/timeout.checks.js';
import { tokenChecks } from './asvs/token.checks.js';

for (const engine of engines) {
  await describeWith(engine.service, `session management by OWASP ASVS 5.0 with the engine ${engine.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      const application = new SecuredApplication(engine, platform);
      beforeAll(() => application.open());
      afterAll(() => application.close());

      tokenChecks(application);
      timeoutChecks(application);
      terminationChecks(application);
      reauthenticationChecks(application);
    });
  });
}
