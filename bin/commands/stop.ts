import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Command } from 'commander';
import { findWorkflow, stop } from '../../lib/operations/index.ts';

/** `breakwater stop <workflow> <order>`: ends an execution and has it undone. */
export const stopCommand = (): Command =>
  new Command('stop')
    .description(
      'Stops an order (StopExecution) and has undone what it did so far. Talks to the account and region of your AWS credentials, or to AWS_ENDPOINT_URL.',
    )
    .usage('<workflow> <execution> --reason <text> [--json]')
    .argument('<workflow>', 'such as fulfil-order')
    .argument('<execution>', 'the name of the execution: the id of the event that started it')
    .requiredOption('--reason <text>', 'why; kept in the execution')
    .option('--json', 'print the result for scripts')
    .action(async (workflow: string, execution: string, { reason, json }: { reason: string; json?: boolean }) => {
      const deployed = await findWorkflow(new SSMClient({}), workflow);
      const undo = await stop(new SFNClient({}), deployed, execution, reason);
      if (json) console.log(JSON.stringify(undo));
      else
        console.log(
          undo.started
            ? `Stopped. It is being undone by ${undo.undoExecutionArn}.`
            : `Stopped. Not undone again: ${undo.reason}.`,
        );
    });
