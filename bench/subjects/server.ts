// One application in a process of its own, steered by the messages of the benchmark: see measure/server-process.ts.
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Assemble, Assignment } from './assembly.js';
import { type Question, ServerSide } from './server-side.js';

const FAMILIES: Record<string, () => Promise<{ assemble: Assemble }>> = {
  bare: () => import('./bare.js'),
  'by-hand': () => import('./by-hand/by-hand.js'),
  'nest-sessions': () => import('./nest-sessions.js'),
  'express-session': () => import('./peers/express-session.js'),
  'cookie-session': () => import('./peers/cookie-session.js'),
  'iron-session': () => import('./peers/iron-session.js'),
  'fastify-session': () => import('./peers/fastify-session.js'),
  'secure-session': () => import('./peers/secure-session.js'),
};

const assignment: Assignment = JSON.parse(process.argv[2]!);
const takeStoreCalls = assignment.isCounted ? (await import('./store-calls.js')).countStoreCalls() : () => 0;
const { assemble } = await FAMILIES[assignment.id.split('/')[0]!]!();
const { metadata, configure } = await assemble(assignment);

@Module(metadata)
class AppModule {}

const adapter = assignment.adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter as ExpressAdapter, { logger: ['error'] });
await configure?.(app);
await app.listen(0, '127.0.0.1');

const side = new ServerSide(app, assignment.shape, takeStoreCalls);
process.on('message', async (question: Question) => process.send!({ answer: await side.answer(question) }));
process.on('disconnect', () => process.exit());
process.send!({
  port: app.getHttpServer().address().port,
  startMilliseconds: performance.now(),
  startCpu: process.cpuUsage(),
});
