import { Entity, PrimaryColumn } from 'typeorm';
import { SharedByCopies } from '../../shared-by-copies.js';
import { BaseSession } from './base-session.js';

/**
 * The table `django_session` of a Django application, to share its sessions. Django's migrations own the table: it is never
 * created or altered from here. Its keys have at most 40 characters, so `hashKeys` must be off.
 */
@SharedByCopies('DjangoSessionEntity')
@Entity('django_session', { synchronize: false })
export class DjangoSessionEntity extends BaseSession {
  @PrimaryColumn({ name: 'session_key', type: 'varchar', length: 40 })
  declare sessionKey: string;
}
