import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Command, InvalidArgumentError } from 'commander';
import { findWorkflow, type ListedLetter, listDeadLetters, readBody } from '../../lib/operations/index.ts';

const WHERE = 'Talks to the account and region of your AWS credentials, or to AWS_ENDPOINT_URL.';

/** `breakwater dead-letters list|show`: messages that no atom could process, as they are kept. */
export const deadLettersCommand = (): Command =>
  new Command('dead-letters')
    .description('Shows messages that could not be processed: why, whose they are, and what they say.')
    .addCommand(listCommand())
    .addCommand(showCommand());

const listCommand = (): Command =>
  new Command('list')
    .description(
      `Lists the dead letters of a workflow, the newest first, and those on its platform that name no workflow. ${WHERE}`,
    )
    .argument('<workflow>', 'such as fulfil-order')
    .option('--limit <number>', 'how many at most are looked through', count, 100)
    .option('--json', 'print the list for scripts')
    .action(async (workflow: string, { limit, json }: { limit: number; json?: boolean }) => {
      const all = await listDeadLetters(new DynamoDBClient({}), await tableOf(workflow), limit);
      const letters = all.filter(
        ({ execution }) => /^(.*?):/.exec(execution)?.[1] === workflow || isNobodys(execution),
      );
      if (json) console.log(JSON.stringify(letters));
      else console.log(letters.length === 0 ? 'There are no dead letters.' : letters.map(lineOf).join('\n'));
    });

const showCommand = (): Command =>
  new Command('show')
    .description(`Prints the message of a dead letter as it was sent. ${WHERE}`)
    .argument('<workflow>', 'such as fulfil-order')
    .argument('<execution>', 'as listed, such as fulfil-order:event-17')
    .argument('<step>', 'as listed, such as payment~dead-letter~0f3a…')
    .action(async (workflow: string, execution: string, step: string) => {
      const dynamoDB = new DynamoDBClient({});
      process.stdout.write(`${await readBody(dynamoDB, await tableOf(workflow), { execution, step })}\n`);
    });

const isNobodys = (execution: string): boolean => execution.startsWith('dead-letters:');

const lineOf = ({ parkedAt, queue, execution, step, receives, bytes, reason }: ListedLetter): string =>
  `${parkedAt}  ${queue}  ${execution}  ${step}  ${receives} receives, ${bytes} bytes: ${reason}`;

/** Dead letters are kept where the workflow's records are. */
async function tableOf(workflow: string): Promise<string> {
  const { recordsTable } = await findWorkflow(new SSMClient({}), workflow);
  if (recordsTable) return recordsTable;
  throw new TypeError(
    `${workflow} was deployed by an older version, which does not say where its records are. Deploy it again.`,
  );
}

function count(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new InvalidArgumentError(`Received ${text}; allowed is a whole number from 1 to 10,000.`);
}
