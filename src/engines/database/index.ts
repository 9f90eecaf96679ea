export { dataSourceToken } from './data-source-token.js';
export { DatabaseEngine } from './database.engine.js';
export { SessionEntity } from './session.entity.js';
