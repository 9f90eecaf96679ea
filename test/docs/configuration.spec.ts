import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SessionService } from 'nest-sessions';
import { resolveOptions } from '../../src/module/resolve-options.js';
import type { SessionModuleOptions } from '../../src/module/session-options.js';
import { SECRET } from '../support/applications.js';
import { textOf } from './pages.js';
import { setEnvironment } from './start-example.js';

const defaults: Partial<SessionModuleOptions> = resolveOptions({ secret: SECRET });

/** As the refusal of an unknown option lists them. */
function allOptions(): string[] {
  try {
    resolveOptions({ secret: SECRET, nothing: 1 } as SessionModuleOptions);
  } catch (error) {
    return /It knows (.*)\.$/.exec((error as Error).message)![1]!.split(', ');
  }
  return [];
}

describe('the options', () => {
  const options = allOptions();

  it('are all on the page about them, each once', () => {
    const headings = [...textOf('docs/configuration.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings.toSorted()).toEqual(options.toSorted());
  });

  it.each(options)('have the default that the page says: %s', (option) => {
    const [, said] = new RegExp(`^### ${option}\n\n(?:Default: )?(.*)`, 'm').exec(textOf('docs/configuration.md'))!;
    const value = defaults[option as keyof SessionModuleOptions];
    const [text = ''] = /^`[^`]*`|^\w+/.exec(said!)!;
    if (option === 'secret') expect(text).toBe('Required');
    else if (value === undefined) expect(text).toBe('none');
    else expect(text.replaceAll("'", '"')).toBe(`\`${JSON.stringify(value)}\``);
  });

  it('are all in the README', () => {
    const [table = ''] = /^\| option .*?\n\n/ms.exec(textOf('README.md')) ?? [];
    expect(options.filter((option) => !table.includes(`\`${option}\``))).toEqual([]);
  });
});

describe('the options that come from a configuration service', () => {
  let app: INestApplicationContext;
  afterEach(() => app.close());

  it('are those of the environment', async () => {
    setEnvironment({ OLD_SECRET_KEYS: 'an old secret of the tests,an even older secret of the tests' });
    const { AppModule } = await import('../../docs/examples/configuration/config.module.js');
    app = await NestFactory.createApplicationContext(AppModule as Type | DynamicModule, { logger: false });
    const { key } = await app.get(SessionService).create({ a: 1 });
    expect((await app.get(SessionService).find(key!))?.get('a')).toBe(1);
  });
});
