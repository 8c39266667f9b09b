#!/usr/bin/env node
// The command line of the published package: what somebody needs who runs workflows, and nothing of this house.
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { explainCommand } from './commands/explain.ts';
import { stopCommand } from './commands/stop.ts';
import { run } from './run.ts';

/** By the package's own name: this file stands elsewhere once it is compiled. */
const { version, description } = createRequire(import.meta.url)('breakwater/package.json') as {
  readonly version: string;
  readonly description: string;
};

await run(
  new Command('breakwater')
    .description(description)
    .version(version)
    .showHelpAfterError()
    .addCommand(stopCommand())
    .addCommand(deadLettersCommand())
    .addCommand(explainCommand()),
);
