import cookieSession from 'cookie-session';
import { type Assembly, type Assignment, SESSION_AGE } from '../assembly.js';
import { UntouchedController } from '../untouched.controller.js';
import { propertySessions } from './property-session.controller.js';

export function assemble({ places }: Assignment): Assembly {
  const { controllers, providers } = propertySessions(() => Promise.reject(new Error('Its session has no key.')));
  return {
    metadata: { controllers: [UntouchedController, ...controllers], providers },
    configure: (app) => app.use(cookieSession({ keys: [places.secret], maxAge: SESSION_AGE * 1000, sameSite: 'lax' })),
  };
}
