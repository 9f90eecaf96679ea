/**
 * For tests: of applications that use sessions, and of engines.
 *
 * @module nest-sessions/testing
 */
export type { SessionEngineCapabilities } from './engines/conformance/capabilities.js';
export { describeSessionEngine } from './engines/conformance/describe-session-engine.js';
export type { SessionEngineFactory } from './engines/conformance/session-engine-check.js';
export { MemoryEngine, type MemoryEngineOptions } from './engines/memory/memory.engine.js';
export { createSession } from './module/create-session.js';
