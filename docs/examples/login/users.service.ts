import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { hashPassword, isPassword } from './passwords.js';
import { User } from './user.entity.js';

@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  find(id: number): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  /** The user of that name and password, or undefined. */
  async check(name: string, password: string): Promise<User | undefined> {
    const user = await this.users.findOneBy({ name });
    return (await isPassword(password, user?.passwordHash)) ? user! : undefined;
  }

  async add(name: string, password: string): Promise<User> {
    if (await this.users.existsBy({ name })) throw new ConflictException('This name is taken.');
    return this.users.save({ name, passwordHash: await hashPassword(password) });
  }

  async setPassword({ id }: User, password: string): Promise<void> {
    await this.users.update(id, { passwordHash: await hashPassword(password) });
  }
}
