import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class AuditEntry {
  @PrimaryGeneratedColumn()
  id!: number;

  @Index()
  @Column({ type: Date })
  at!: Date;

  /** The type of a session's event, or `login failed`. */
  @Column({ type: 'varchar', length: 20 })
  type!: string;

  /** 8 hex digits that name the session. */
  @Index()
  @Column({ type: 'varchar', length: 8, nullable: true })
  session?: string;

  /** For `rotated`: its name before. */
  @Column({ type: 'varchar', length: 8, nullable: true })
  previous?: string;

  @Index()
  @Column({ type: 'varchar', length: 100, nullable: true })
  user?: string;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ipAddress?: string;

  /** For `expired`, how many at once; for `rejected`, why. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  note?: string;
}
