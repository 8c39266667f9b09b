// The command line. Commands return results or throw; only this file prints errors and exits.
import { join } from 'node:path';
import { Command } from 'commander';
import { explainCommand } from './commands/explain.ts';
import { newCommand } from './commands/new.ts';
import { startCommand } from './commands/start.ts';
import { stopCommand } from './commands/stop.ts';

const root = join(import.meta.dirname, '..');

const program = new Command('breakwater')
  .description('The workflow layer of an AWS account.')
  .version('0.1.0')
  .showHelpAfterError()
  .addCommand(startCommand(root))
  .addCommand(newCommand(root))
  .addCommand(stopCommand())
  .addCommand(explainCommand());

try {
  await program.parseAsync();
} catch (error) {
  const named = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`\n${named.name}: ${named.message}\n`);
  if (process.env.DEBUG) process.stderr.write(`${named.stack}\n`);
  process.exitCode = 1;
}
// Sockets kept alive must not keep the command alive.
process.exit();
