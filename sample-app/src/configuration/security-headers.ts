import type { SecurityHeadersOptions } from '@nestjs/common';
import type { Configuration } from './configuration.js';

/** Nothing from elsewhere, nothing inline, no frames. HTTPS is insisted on only where every visitor comes by it. */
export function securityHeaders({ cookieSecure = false }: Configuration): SecurityHeadersOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: "'none'",
        scriptSrc: "'self'",
        styleSrc: "'self'",
        imgSrc: "'self'",
        connectSrc: "'self'",
        formAction: "'self'",
        baseUri: "'none'",
        frameAncestors: "'none'",
      },
    },
    strictTransportSecurity: cookieSecure,
    // With the default, `no-referrer`, the forms of these pages would say that they come from nowhere: `Origin: null`.
    referrerPolicy: { policy: 'same-origin' },
  };
}
