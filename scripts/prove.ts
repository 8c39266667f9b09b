/**
 * Shows that something holds, and writes what it found to docs/proofs: `npm run prove -- <name>`, `--help` lists them.
 */
import { findingCommand } from './findings/command.ts';

process.exitCode = await findingCommand({ command: 'prove', noun: 'proof', export: 'proof', folder: 'test/proofs' });
