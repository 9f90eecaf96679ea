import { SessionEntity } from 'nest-sessions/typeorm';
import { Column, Entity, Index } from 'typeorm';

@Entity('session')
export class AccountSession extends SessionEntity {
  @Index()
  @Column({ type: 'integer', nullable: true })
  accountId?: number;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.accountId = values.accountId as number | undefined;
  }
}
