import { SECRET } from '../support/applications.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';
import { setEnvironment } from './start-example.js';

setEnvironment({});
await import('../../docs/examples/testing/me.e2e-spec.js');
await import('../../docs/examples/testing/wishlist.spec.js');

it('the example with app.inject passes', async () => {
  const environment = ['env', `SECRET_KEY=${SECRET}`, 'DATABASE_FILE=:memory:'];
  const { lines, ended } = spawnTypeScript(new URL('./run-outside-jest.ts', import.meta.url), [], environment);
  const output: string[] = [];
  lines.on('line', (line) => output.push(line));
  const code = await ended;
  expect({ code, output: output.join('\n') }).toEqual({ code: 0, output: expect.stringMatching(/pass 1\n/) });
});
