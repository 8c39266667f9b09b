import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import type { Progress } from '../finding.ts';
import { tellProgress } from './progress.ts';

/** A change to a line of lib/runtime, and what the tests made of it. */
export interface Mutant {
  /** From the project's root. */
  readonly file: string;
  readonly line: number;
  /** What stands there, and what was put in its place: on one line, cut where it is long. */
  readonly original: string;
  readonly replacement: string;
  readonly status:
    | 'Killed'
    | 'Timeout'
    | 'Survived'
    | 'NoCoverage'
    | 'RuntimeError'
    | 'CompileError'
    | 'Ignored'
    | 'Pending';
}

type StrykerOptions = Required<NonNullable<ConstructorParameters<typeof Stryker>[0]>>;

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * Changes lib/runtime, one place at a time, in a copy of the project, and runs the tests that reach that place.
 * @param files globs below lib/runtime
 */
export async function mutantsOf(files: readonly string[], progress: Progress): Promise<readonly Mutant[]> {
  tellProgress(progress);
  // As a path: it is no TypeScript, and has no types.
  const { default: jest } = await import(pathToFileURL(join(root, 'jest.config.mjs')).href);
  const [unit] = jest.projects;
  const tested = await inRoot(() =>
    new Stryker({
      mutate: [...files.map((file) => `lib/runtime/${file}`), '!lib/runtime/**/*.test.ts'],
      plugins: [
        fileURLToPath(import.meta.resolve('@stryker-mutator/jest-runner')),
        join(import.meta.dirname, 'progress.ts'),
      ],
      testRunner: 'jest',
      jest: {
        projectType: 'custom',
        enableFindRelatedTests: false,
        config: {
          ...unit,
          roots: ['<rootDir>/test/proofs/mutants'],
          testMatch: ['<rootDir>/test/proofs/mutants/suite.test.ts'],
          testEnvironment: './test/proofs/mutants/environment.ts',
        },
      },
      coverageAnalysis: 'perTest',
      // What the tests read. Of node_modules Stryker makes a link; scripts stay outside, so that nothing installs through it.
      ignorePatterns: ['/*', '!/docs', '!/lambdas', '!/lib', '!/state-machines', '!/test', '!/package.json'],
      tempDirName: 'build/mutants',
      cleanTempDir: 'always',
      disableTypeChecks: false,
      concurrency: 2,
      timeoutMS: 5_000,
      reporters: ['progress-told'],
      logLevel: 'warn' as StrykerOptions['logLevel'],
      allowConsoleColors: false,
    }).runMutationTest(),
  );
  return tested
    .map(({ fileName, location, replacement = '', status }) => {
      const file = fileName.slice(root.length + 1).replaceAll('\\', '/');
      return {
        file,
        line: location.start.line,
        original: textAt(file, location),
        replacement: onOneLine(replacement),
        status,
      };
    })
    .sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

/** Stryker takes the working directory for the project. */
async function inRoot<T>(work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(root);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}

/** From 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

function textAt(file: string, { start, end }: { readonly start: Position; readonly end: Position }): string {
  const lines = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return onOneLine(
    lines
      .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
      .join('\n'),
  );
}

function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

const LONGEST = 90;
