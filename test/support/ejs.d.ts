declare module 'ejs';
