import { describeSessionEngine } from 'nest-sessions/testing';
import { SqliteEngine } from './sqlite.engine.js';

describeSessionEngine('SqliteEngine', ({ clock }) => new SqliteEngine(':memory:', () => clock.now()));
