// Its own types would give `req.session` another type than those of express-session do.
declare module 'cookie-session';
