/**
 * The tables of the engine `db`: entities to map or to extend, and the migration.
 *
 * @module nest-sessions/typeorm
 */
export { BaseSession } from './engines/database/base-session.js';
export { CreateSessionTable1700000000000 } from './engines/database/create-session-table.migration.js';
export { DatabaseEngine } from './engines/database/database.engine.js';
export { DjangoSessionEntity } from './engines/database/django-session.entity.js';
export { SessionEntity } from './engines/database/session.entity.js';
