/** What iron-session was given. */
export const oldOptions = {
  cookieName: 'shop',
  password: process.env.OLD_IRON_PASSWORD!,
  cookieOptions: { secure: process.env.NODE_ENV === 'production' },
};
