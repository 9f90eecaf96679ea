import { encrypted } from 'nest-sessions';

const { NEW_KEY, OLD_KEY } = process.env as Record<string, string>;

export const options = {
  // #region rotation
  serializer: encrypted({ secret: NEW_KEY!, secretFallbacks: [OLD_KEY!] }),
  // #endregion
};
