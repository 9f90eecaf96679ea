import { mkdtempSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { describeSessionEngine } from '../../src/testing.js';

const parent = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
let folder = '';
afterAll(() => rmSync(parent, { recursive: true }));

describeSessionEngine(
  'FileEngine',
  ({ clock }) => {
    folder = mkdtempSync(join(parent, 'store-'));
    return new FileEngine({ folder, cookieAge: 1_209_600, clock });
  },
  {
    listsByUser: true,
    async breakStore() {
      await rename(folder, `${folder}-elsewhere`);
      return () => rename(`${folder}-elsewhere`, folder);
    },
  },
);
