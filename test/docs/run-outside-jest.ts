// Run by testing.spec.ts: an example whose libraries Jest can only load on Node 24.9 and later. The exit code tells.
import { test } from 'node:test';
import { expect } from 'expect';

Object.assign(globalThis, { it: test, expect });
await import('../../docs/examples/testing/me.fastify.e2e-spec.js');
