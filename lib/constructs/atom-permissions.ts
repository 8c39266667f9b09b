import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { leavesSomething, type TableUse } from '../contract/index.ts';
import type { AtomContract } from './atom-contract.ts';

/** What the step protocol does with an atom's records. A pure atom has none. */
function recordActions({ effect, undoes }: AtomContract): readonly string[] {
  // Put with the transaction, or as fenced by settle. A compensation also marks the record of what it has undone.
  if (effect.kind === 'transaction') return ['GetItem', 'PutItem', ...(undoes ? ['UpdateItem'] : [])];
  if (effect.kind === 'pure') return undoes ? ['UpdateItem'] : [];
  // Claimed and completed by updates. Only settle puts, and a compensation is never settled: it is tried until it is definite.
  const settled = leavesSomething(effect) && !undoes;
  return ['GetItem', ...(settled ? ['PutItem'] : []), 'UpdateItem'];
}

/**
 * The atom's own records, reached by the partitions of the workflows that use it and no others.
 * @param partitions such as `fulfil-order:*`
 * @returns nothing for a pure atom
 */
export function recordStatements(
  contract: AtomContract,
  recordsArn: string,
  partitions: readonly string[],
): readonly PolicyStatement[] {
  const actions = recordActions(contract);
  return actions.length === 0 ? [] : [itemStatement(actions, recordsArn, partitions)];
}

/** Items of a table whose partition key is like one of some patterns. */
export const itemStatement = (
  actions: readonly string[],
  tableArn: string,
  partitions: readonly string[],
): PolicyStatement =>
  new PolicyStatement({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });

/** Exactly the declared actions on a table of the domain. */
export const tableStatement = ({ actions }: TableUse, tableArn: string): PolicyStatement =>
  new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [tableArn] });

/**
 * A queued atom receives from its own queue (Lambda's pollers do, with its role), waits for another attempt's lease by
 * a message's visibility, and sends malformed messages straight to its own dead-letter queue.
 */
export const queueStatements = (queueArn: string, deadLetterQueueArn: string): readonly PolicyStatement[] => [
  receiveStatement(queueArn),
  laterStatement(queueArn),
  sendStatement(deadLetterQueueArn),
];

/** What Lambda's pollers need, with the function's role. */
export const receiveStatement = (queueArn: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queueArn],
  });

/** Has a message delivered again at a time of the function's own choice. */
export const laterStatement = (queueArn: string): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:ChangeMessageVisibility'], resources: [queueArn] });

/**
 * Answers tokens of some machines only. The Service Authorization Reference names no resource for these actions, but
 * Step Functions checks them against the state machine: aws-cdk #8486 tried it, and its denials name the machine's ARN.
 */
export const answerStatement = (stateMachineArns: string[]): PolicyStatement =>
  new PolicyStatement({ actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'], resources: stateMachineArns });

export const mailStatement = (identityArn: string): PolicyStatement =>
  new PolicyStatement({ actions: ['ses:SendEmail'], resources: [identityArn] });

export const sendStatement = (queueArn: string): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queueArn] });
