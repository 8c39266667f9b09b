import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import type { Names } from './names.ts';
import { RuleWorker } from './rule-worker.ts';
import { undoStatements } from './undo-permissions.ts';

export interface UndoStarterProps extends FunctionHostingProps {
  readonly names: Names;
  /** The platform's start-undo, bundled. */
  readonly code: Code;
  /** Names of the workflows whose executions it may have undone. */
  readonly workflows: () => readonly string[];
  /** Hears of undos that could not be started. */
  readonly operators: ITopic;
}

/** Starts the undo machine for executions that ended from outside, once each. One for all workflows. */
export class UndoStarter extends Construct {
  /** What the rules of workflows send to. */
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, props: UndoStarterProps) {
    super(scope, id);
    const { names, code, operators, workflows } = props;
    const { queue, role } = new RuleWorker(this, 'Worker', {
      ...hostingOf(props),
      functionName: names.of('start-undo'),
      description: 'Starts the undo machine of executions that ended without compensating themselves.',
      code,
      batchSize: 1,
      maxReceiveCount: RECEIVES,
      operators,
      deadLetterDescription: `Executions have ended from outside and their undo could not be started in ${RECEIVES} deliveries over hours. The messages name them. The sweep starts the same undos within minutes or, of those older than an hour, within a day; if its alarm is on as well, mend the cause and move them back.`,
    });
    for (const statement of undoStatements(names, workflows)) role.addToPolicy(statement);
    this.queue = queue;
  }
}

/**
 * An undo must be started: with a visibility of three minutes these are five hours, more than a disturbance of
 * Step Functions takes, or a bulk stop that waits for its quotas.
 */
const RECEIVES = 100;
