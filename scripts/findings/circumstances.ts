import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The commit, and whether the files differ from it. What these commands themselves write does not count. */
export function commitOf(root: string): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  try {
    const changes = git('status', '--porcelain', '--', '.', ':!docs/proofs', ':!docs/benchmarks.md');
    return git('rev-parse', '--short=12', 'HEAD') + (changes === '' ? '' : ' with changes');
  } catch {
    return 'unknown (no git repository)';
  }
}

export function machine(): string {
  const [{ model } = { model: 'unknown CPU' }] = cpus();
  return `${process.platform} ${process.arch}, ${cpus().length} × ${model.trim()}`;
}
