import { Column, Entity, Index } from 'typeorm';
import { SharedByCopies } from '../../shared-by-copies.js';
import { BaseSession } from './base-session.js';

/**
 * The table `session`, where the engine `'db'` keeps sessions unless it is given another entity. Extend it to keep more
 * columns, see {@link BaseSession}.
 */
@SharedByCopies('SessionEntity')
@Entity('session')
export class SessionEntity extends BaseSession {
  /**
   * Stands for the user whose session it is, without saying who that is; the sessions of a user are found by it. Null for
   * nobody's, and everywhere without the option `userKey`.
   */
  // A row without a user is not in the index, so that who never asks does not pay for it at each write.
  @Index({ where: 'user_mark IS NOT NULL' })
  @Column({ name: 'user_mark', type: 'varchar', length: 64, nullable: true })
  userMark!: string | null;
}
