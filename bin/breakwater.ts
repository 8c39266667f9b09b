// The command line of this house. What the published package has of it is operator.ts.
import { join } from 'node:path';
import { Command } from 'commander';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { devCommand } from './commands/dev.ts';
import { downCommand } from './commands/down.ts';
import { explainCommand } from './commands/explain.ts';
import { faultCommand } from './commands/fault.ts';
import { newCommand } from './commands/new.ts';
import { orderCommand } from './commands/order.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { stopCommand } from './commands/stop.ts';
import { run } from './run.ts';

const root = join(import.meta.dirname, '..');

await run(
  new Command('breakwater')
    .description('The workflow layer of an AWS account.')
    .version('0.1.0')
    .showHelpAfterError()
    .addCommand(startCommand(root))
    .addCommand(devCommand(root))
    .addCommand(orderCommand(root))
    .addCommand(faultCommand(root))
    .addCommand(simulateCommand(root))
    .addCommand(downCommand(root))
    .addCommand(newCommand(root))
    .addCommand(stopCommand())
    .addCommand(deadLettersCommand())
    .addCommand(explainCommand()),
);
