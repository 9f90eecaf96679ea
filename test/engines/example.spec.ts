import { readFileSync } from 'node:fs';
import { describeSessionEngine } from 'nest-sessions/testing';
import { SqliteEngine } from '../../docs/examples/sqlite.engine.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describeSessionEngine('The example engine of the docs', ({ clock }) => new SqliteEngine(':memory:', () => clock.now()));

it('the docs show the example as it runs here', () => {
  const [, block] =
    /<!-- docs\/examples\/sqlite.engine.ts -->\n+```ts\n([\s\S]*?)```/.exec(file('docs/writing-an-engine.md')) ?? [];
  expect(block).toBe(file('docs/examples/sqlite.engine.ts'));
});
