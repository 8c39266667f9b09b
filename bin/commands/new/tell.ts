import type { NextStep, Scaffold } from '../../../lib/scaffold/index.ts';

/** What `new` did, or with --dry-run would do; for scripts. */
export interface NewResult {
  readonly dryRun: boolean;
  readonly files: readonly NewFile[];
  readonly next: readonly NextStep[];
}

interface NewFile {
  /** From the project's folder. */
  readonly path: string;
  readonly action: 'create' | 'add' | 'generate';
  /** What is added, of a file that stood there. */
  readonly added?: string;
  /** Of a dry run. */
  readonly content?: string;
}

export function resultOf({ changes, added, next }: Scaffold, generated: readonly string[], dryRun: boolean): NewResult {
  const files = changes.map(
    ({ path, content, before }): NewFile => ({
      path,
      ...(before === undefined
        ? { action: 'create' }
        : { action: 'add', ...(added[path] ? { added: added[path] } : {}) }),
      ...(dryRun ? { content } : {}),
    }),
  );
  return { dryRun, files: [...files, ...generated.map((path): NewFile => ({ path, action: 'generate' }))], next };
}

/** For people. */
export function tell({ dryRun, files, next }: NewResult): string {
  const lines = files.map(({ path, added }) => `  ${path}${added ? `   + ${added}` : ''}`);
  if (dryRun) {
    const contents = files.map(({ path, content }) => `\n--- ${path}\n${content}`);
    return ['Would write:', ...lines, ...contents, '\nNothing was written: --dry-run.'].join('\n');
  }
  const steps = next.map(({ say, lines: code = [], commands = [] }, index) =>
    [`  ${index + 1}. ${say}`, ...[...code, ...commands].map((line) => `       ${line}`)].join('\n'),
  );
  return ['Wrote:', ...lines, '', 'Next:', ...steps].join('\n');
}
