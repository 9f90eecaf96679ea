export { dataSourceToken } from './data-source-token.js';
export { DatabaseEngine } from './database.engine.js';
export { DjangoSessionEntity } from './django-session.entity.js';
export { SessionEntity } from './session.entity.js';
