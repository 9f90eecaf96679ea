import { RedisStore } from 'connect-redis';
import { createClient } from 'redis';

export const client = createClient({ url: process.env.REDIS_URL });
// Without a listener an error of the connection would end the process.
client.on('error', (error) => console.error('The old store:', error));

/** What express-session was given. */
export const oldOptions = {
  store: new RedisStore({ client }),
  secret: process.env.OLD_SESSION_SECRET!,
  cookie: { maxAge: 7 * 24 * 60 * 60 * 1000 },
};
