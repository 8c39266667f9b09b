import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

test.each([
  ['prove', ['kills', 'mutants', 'pairs', 'planted', 'swarm', 'twins']],
  ['bench', ['runtime', 'simulation', 'throughput']],
] as const)(
  '%s lists what there is, and loads each',
  async (command, names) => {
    const { stdout } = await run(process.execPath, [join(root, 'scripts', `${command}.ts`), '--help'], { cwd: root });
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual(expect.arrayContaining([...names]));
  },
  60_000,
);
