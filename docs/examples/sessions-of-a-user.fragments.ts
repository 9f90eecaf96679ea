import { SessionModule } from 'nest-sessions';

const secret = process.env.SECRET_KEY!;

// prettier-ignore
export const module =
  // #region user-key
  SessionModule.forRoot({ secret, userKey: 'userId' });
// #endregion
