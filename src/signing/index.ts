export * from './base62.js';
export * from './json-text.js';
export * from './signed-cookie-value.js';
export * from './signed-objects.js';
export * from './signed-payload.js';
export { Signer } from './signer.js';
export type { Secret, SignerOptions, SigningKeys } from './signer.js';
export * from './timestamp-signer.js';
export { weaknessOf } from './weak-secret.js';
