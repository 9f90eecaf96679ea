import { Entity } from 'typeorm';
import { BaseSession } from './base-session.js';

/** The table `session`, where the engine `'db'` keeps sessions unless it is given another entity. */
@Entity('session')
export class SessionEntity extends BaseSession {}
