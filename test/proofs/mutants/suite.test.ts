/**
 * The unit tests that hold lib/runtime, as one file: jest loads modules anew for every file, and that is most of what a
 * mutant's run takes. Run by Stryker only; no project of jest.config.mjs takes it in.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..', '..');

for (const room of ['lib/runtime', 'lib/testing']) {
  for (const file of readdirSync(join(root, room)).filter((name) => name.endsWith('.test.ts'))) {
    // Within the block, so that its hooks are for its own tests alone.
    describe(`${room}/${file}`, () => {
      require(join(root, room, file));
    });
  }
}
