export { CachedDatabaseEngine, type CachedDatabaseOptions } from './cached-database.engine.js';
