/**
 * A deployed workflow as its clients see it, on top of the fake of AWS: executions that are started, described and
 * stopped, and the rows that keep their ends. It follows StartExecution's rules for a name that is taken, comparing
 * inputs as text, and BatchGetItem's limit and refusal of the same key twice; it plays neither quotas nor lag, unless a
 * test sets an answer of its own.
 */
import { marshall } from '@aws-sdk/util-dynamodb';
import { awsError, type FakeAws } from './aws.ts';

interface Execution {
  readonly input: string;
  readonly startDate: Date;
  status: string;
  output?: string;
  error?: string;
  cause?: string;
  stopDate?: Date;
}

/** What an execution ends with. */
export interface FakeEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

const ARN = 'arn:aws:states:eu-west-1:1';

export class FakeExecutions {
  readonly address = {
    stateMachineArn: `${ARN}:stateMachine:ship-order`,
    liveArn: `${ARN}:stateMachine:ship-order:live`,
    undoMachineArn: `${ARN}:stateMachine:undo-ship-order`,
    resultsTable: 'records',
  };
  /** By name; those of the undo machine as `undo-ship-order:<name>`. */
  readonly executions = new Map<string, Execution>();
  readonly rows = new Map<string, object>();

  constructor(aws: FakeAws) {
    aws.answer('GetParameter', () => ({ Parameter: { Value: JSON.stringify(this.address) } }));
    aws.answer('StartExecution', (input) => this.start(input));
    aws.answer('DescribeExecution', (input) => this.describe(input));
    aws.answer('StopExecution', ({ executionArn, error, cause }) => {
      this.describe({ executionArn });
      this.end(nameOf(executionArn), { status: 'ABORTED', error, cause });
    });
    aws.answer('BatchGetItem', (input) => this.batchGet(input));
  }

  /** Ends an execution. Step Functions knows; a row is another matter. */
  end(name: string, { output, ...end }: FakeEnd): void {
    const execution = this.executions.get(name);
    if (execution?.status !== 'RUNNING') return;
    Object.assign(execution, end, { stopDate: new Date() }, output === undefined ? {} : { output: text(output) });
  }

  /** Keeps the end of an execution, as keep-result does. */
  keep(name: string, { output, ...end }: FakeEnd, expiry = Date.now() / 1_000 + 60): void {
    const execution = `ship-order:${name}`;
    const row = { execution, step: '~result', endedAt: 1, expiry, ...end };
    this.rows.set(execution, output === undefined ? row : { ...row, output: text(output) });
  }

  run(name: string, input: unknown = {}): void {
    this.executions.set(name, { input: JSON.stringify(input), startDate: new Date(), status: 'RUNNING' });
  }

  /** What StartExecution does. */
  start({ stateMachineArn, name, input }: Record<string, string>): unknown {
    const undo = stateMachineArn?.includes('undo-') ? 'undo-ship-order:' : '';
    const key = undo + name;
    const known = this.executions.get(key);
    if (known && (known.status !== 'RUNNING' || known.input !== input)) throw awsError('ExecutionAlreadyExists');
    const execution = known ?? { input: input ?? '', startDate: new Date(), status: 'RUNNING' };
    this.executions.set(key, execution);
    return { executionArn: `${ARN}:execution:${undo || 'ship-order:'}${name}`, startDate: execution.startDate };
  }

  /** What DescribeExecution does. */
  describe({ executionArn = '' }: Record<string, string>): unknown {
    const execution = this.executions.get(nameOf(executionArn));
    if (!execution) throw awsError('ExecutionDoesNotExist');
    return { executionArn, ...execution };
  }

  /** What BatchGetItem does. */
  batchGet({ RequestItems }: { RequestItems: Record<string, { Keys: { execution: { S: string } }[] }> }): unknown {
    const keys = (RequestItems.records?.Keys ?? []).map(({ execution }) => execution.S);
    if (keys.length > 100 || new Set(keys).size < keys.length || keys.length === 0)
      throw awsError('ValidationException');
    const found = keys.flatMap((key) => this.rows.get(key) ?? []);
    return { Responses: { records: found.map((row) => marshall(row)) } };
  }
}

const nameOf = (executionArn: string): string => executionArn.replace(/^.*:execution:(ship-order:)?/, '');

const text = (output: unknown): string => (typeof output === 'string' ? output : JSON.stringify(output));
