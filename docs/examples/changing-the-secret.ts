import type { SessionModuleOptions } from 'nest-sessions';

const { OLD_SECRET = '', NEW_SECRET = '' } = process.env;

export const deployments: SessionModuleOptions[] = [
  // #region deployments
  { secret: OLD_SECRET, secretFallbacks: [NEW_SECRET] }, // 1. every process can read what the new one signs
  { secret: NEW_SECRET, secretFallbacks: [OLD_SECRET] }, // 2. every process signs with the new one
  { secret: NEW_SECRET }, // 3. once what the old one signed has been written again or has expired
  // #endregion
];
