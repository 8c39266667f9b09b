import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { END_STATUSES } from '../contract/index.ts';
import { targetQueue } from './events-principal.ts';

export interface ResultRuleProps {
  readonly workflowName: string;
  readonly stateMachineArn: string;
  /** The queue of the platform's Lambda that keeps results: `ResultKeeper.queue`. */
  readonly queue: IQueue;
}

/**
 * Hears of executions that ended, however they did, and has it kept. Not the queue of the starter of undo machines: a
 * wave of successes must not hold an undo up. What is lost on the way needs no dead-letter queue of its own: whoever
 * waits for it asks Step Functions in the end.
 */
export class ResultRule extends Construct {
  constructor(scope: Construct, id: string, { workflowName, stateMachineArn, queue }: ResultRuleProps) {
    super(scope, id);
    new Rule(this, 'Ended', {
      description: `How executions of ${workflowName} ended is kept for clients that wait.`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: [...END_STATUSES], stateMachineArn: [stateMachineArn] },
      },
      // The detail as it is: a template would have to quote an output that is JSON text itself.
      targets: [new SqsQueue(targetQueue(this, queue), { message: RuleTargetInput.fromEventPath('$.detail') })],
    });
  }
}
