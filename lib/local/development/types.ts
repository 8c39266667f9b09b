import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runInGroup } from '../processes/index.ts';
import { Refused } from './errors.ts';

/** Something that does not type-check. */
export interface Mistake {
  /** Relative to the project. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface TypeCheck {
  readonly root: string;
  /** Files to check, and with them all that they import. Left out, the whole project. */
  readonly files?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Type-checks with the project's settings. The whole project takes seconds, most of them for CDK's types; what a few
 * Lambdas are made of, a part of one.
 * @throws Refused when the compiler fails without naming a mistake
 */
export async function checkTypes({ root, files, signal }: TypeCheck): Promise<readonly Mistake[]> {
  const project = files ? await writeProject(root, files) : 'tsconfig.json';
  const lines: string[] = [];
  const { succeeded, how } = await runInGroup({
    command: process.execPath,
    arguments: [tsc(root), '--noEmit', '--pretty', 'false', '-p', project],
    directory: root,
    onLine: (line) => lines.push(line),
    signal,
  });
  const mistakes = mistakesIn(lines);
  if (!succeeded && mistakes.length === 0) {
    throw new Refused(["The project can't be type-checked:", ...(lines.length > 0 ? lines : [how])].join('\n'));
  }
  return mistakes;
}

const tsc = (root: string): string => join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** The project's settings for some of its files, and for types that are declared for all. */
async function writeProject(root: string, files: readonly string[]): Promise<string> {
  const folder = join(root, 'build', 'development');
  const path = join(folder, 'tsconfig.json');
  const up = (file: string): string => relative(folder, join(root, file)).replaceAll('\\', '/');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path,
    JSON.stringify({
      extends: up('tsconfig.json'),
      compilerOptions: { incremental: true, tsBuildInfoFile: 'tsbuildinfo' },
      include: ['lib', 'lambdas', 'state-machines'].map((each) => up(`${each}/**/*.d.ts`)),
      files: files.map(up),
    }),
  );
  return path;
}

/** `lambdas/a/handler.ts(6,42): error TS2345: …`; what is indented below it says more than fits. */
const MISTAKE = /^(\S.*?)\((\d+),(\d+)\): error (TS\d+: .*)$/;

function mistakesIn(lines: readonly string[]): readonly Mistake[] {
  return lines.flatMap((line) => {
    const [, file = '', row, column, text = ''] = MISTAKE.exec(line) ?? [];
    return file ? [{ file, line: Number(row), column: Number(column), text }] : [];
  });
}

const SHOWN_MISTAKES = 5;

/** `lambdas/a/handler.ts:6:42 TS2345: …`, a line each, the first few. */
export function describeMistakes(mistakes: readonly Mistake[]): string {
  const shown = mistakes
    .slice(0, SHOWN_MISTAKES)
    .map(({ file, line, column, text }) => `${file}:${line}:${column} ${text}`);
  const more = mistakes.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}
