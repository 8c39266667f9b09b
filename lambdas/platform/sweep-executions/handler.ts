import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { findWorkflow, type Swept, sweep, WorkflowNotDeployed } from '../../../lib/operations/index.ts';
import { environment } from '../../../lib/runtime/index.ts';

/** What the rules that call it say. */
export interface SweepEvent {
  /** How far back it looks for ends. */
  readonly hours: number;
}

/** More attempts than others make: ListExecutions is throttled easily, and nobody waits. */
const settings = { maxAttempts: 8 };
const clients = { stepFunctions: new SFNClient(settings), dynamoDB: new DynamoDBClient(settings) };
const ssm = new SSMClient(settings);

/**
 * Looks for executions that ended and were not undone, workflow by workflow: one that cannot be looked at hides no other.
 * @returns what came of it, by workflow
 * @throws AggregateError with what went wrong: Lambda tries an event twice more, and an alarm tells
 */
export const handler = async ({ hours }: SweepEvent): Promise<Readonly<Record<string, Swept>>> => {
  const since = Date.now() - hours * 3_600_000;
  const swept: Record<string, Swept> = {};
  const errors: unknown[] = [];
  for (const name of JSON.parse(environment('WORKFLOWS')) as string[]) {
    try {
      const found = await sweepOne(name, since);
      if (found) swept[name] = found;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('; '));
  return swept;
};

async function sweepOne(name: string, since: number): Promise<Swept | undefined> {
  const prefix = process.env.NAME_PREFIX ?? '';
  const deployed = await findWorkflow(ssm, `${prefix}${name}`).catch((error: unknown) => {
    // The platform knows of it before it is deployed.
    if (error instanceof WorkflowNotDeployed) return undefined;
    throw error;
  });
  if (!deployed) return undefined;
  const swept = await sweep(clients, { name, deployed }, since);
  const missed = swept.started.length > 0 || swept.left > 0;
  console.log(JSON.stringify({ level: missed ? 'WARN' : 'INFO', workflow: name, since, swept }));
  return swept;
}
