import { Test } from '@nestjs/testing';
import { encrypted, SessionModule, SessionOptionsError } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { resolveOptions } from '../../../src/module/resolve-options.js';
import { SECRET } from '../../support/applications.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const WEAK = 'django-insecure-4i!h(2#8w$zq7^1m&x*9c)v0n-b5k=l3j+p6o_r@tuye';

describe('a secret that can be guessed', () => {
  const { NODE_ENV } = process.env;
  afterEach(() => {
    process.env.NODE_ENV = NODE_ENV;
  });

  const attempts: [string, () => unknown][] = [
    ['the module', () => resolveOptions({ secret: WEAK })],
    ['encrypted()', () => encrypted({ secret: WEAK })],
  ];

  it.each(attempts)('is refused by %s in production, with the cure and without the secret', (_, attempt) => {
    process.env.NODE_ENV = 'production';
    expect(attempt).toThrow(SessionOptionsError);
    expect(attempt).toThrow(/^The option "secret" .* one that everybody knows.*NODE_ENV=production.*openssl rand/);
    expect(attempt).not.toThrow('4i!h');
  });

  it.each(attempts)('is taken by %s elsewhere', (_, attempt) => {
    for (const environment of ['development', 'test', 'staging', '']) {
      process.env.NODE_ENV = environment;
      expect(attempt).not.toThrow();
    }
  });

  it('is warned of while developing, once for each start and without the secret', async () => {
    for (const [environment, count] of [
      ['development', 1],
      ['test', 0],
    ] as const) {
      process.env.NODE_ENV = environment;
      const logger = new RecordingLogger();
      const options = { secret: WEAK, engine: new MemoryEngine() };
      const builder = Test.createTestingModule({ imports: [SessionModule.forRoot(options)] }).setLogger(logger);
      await (await builder.compile()).close();
      expect(logger.warnings.filter((warning) => warning.startsWith('secret is'))).toHaveLength(count);
      expect(logger.warnings.join()).not.toContain('4i!h');
    }
  });

  it('may be a fallback, so that a way leads away from it', () => {
    process.env.NODE_ENV = 'production';
    expect(resolveOptions({ secret: SECRET, secretFallbacks: [WEAK] }).secretFallbacks).toEqual([WEAK]);
  });
});
