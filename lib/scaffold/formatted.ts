import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from './change.ts';
import { ScaffoldError } from './errors.ts';

/** The changes as the project's own formatter writes them, imports in order. As they are where it is not installed. */
export async function formatted(root: string, changes: readonly Change[]): Promise<readonly Change[]> {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  if (!existsSync(biome)) return changes;
  return Promise.all(changes.map(async (change) => ({ ...change, content: await throughBiome(root, biome, change) })));
}

function throughBiome(root: string, biome: string, { path, content }: Change): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [biome, 'check', '--write', `--stdin-file-path=${path}`], { cwd: root });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout);
      else reject(new ScaffoldError(`biome does not take what was to become ${path}:\n${output.stderr}`));
    });
    child.stdin.end(content);
  });
}
