/**
 * Measures, and writes what it found to its section of docs/benchmarks.md: `npm run bench -- <name>`, `--help` lists
 * what there is.
 */
import { findingCommand } from './findings/command.ts';

process.exitCode = await findingCommand({
  command: 'bench',
  noun: 'benchmark',
  export: 'benchmark',
  folder: 'test/benchmarks',
});
