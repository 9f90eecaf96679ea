// An application with nothing to do but to prune, which nobody closes.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SessionModule } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';

@Module({ imports: [SessionModule.forRoot({ engine: new MemoryEngine(), secret: 'secret' })] })
class AppModule {}

await NestFactory.createApplicationContext(AppModule, { logger: false });
console.log('started');
