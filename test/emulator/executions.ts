/** State machines and their executions, as the tests of the emulator write and read them. */
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ROLE, refusal, type UnderTest, unique } from './under-test.ts';

export type State = Record<string, unknown>;
export type States = Record<string, State>;

/** The definition of a machine that starts with its first state. */
export function definition(states: States, top: State = {}): string {
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...top });
}

/** A Parallel branch or a Map item. */
export function branch(states: States): State {
  return { StartAt: Object.keys(states)[0], States: states };
}

/** A task that sends its token to a queue and waits for the answer. */
export function tokenTask(queueUrl: string, more: State = {}, body: State = {}): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    TimeoutSeconds: 10,
    Arguments: {
      QueueUrl: queueUrl,
      MessageBody: {
        token: '{% $states.context.Task.Token %}',
        state: '{% $states.context.State.Name %}',
        ...body,
      },
    },
    End: true,
    ...more,
  };
}

export async function createMachine({ stepFunctions }: UnderTest, states: States, top?: State): Promise<string> {
  const { stateMachineArn = '' } = await stepFunctions.send(
    new CreateStateMachineCommand({ name: unique('machine'), roleArn: ROLE, definition: definition(states, top) }),
  );
  return stateMachineArn;
}

export async function start({ stepFunctions }: UnderTest, machine: string, input: unknown = {}): Promise<string> {
  const { executionArn = '' } = await stepFunctions.send(
    new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify(input) }),
  );
  return executionArn;
}

/** The execution once it has ended, or as it is after so many seconds. */
export async function ended(
  { stepFunctions }: UnderTest,
  executionArn: string,
  seconds = 8,
): Promise<DescribeExecutionCommandOutput> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING' || Date.now() > until) return execution;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What an execution came to: its output, or its status with error and cause. */
export function outcome(execution: DescribeExecutionCommandOutput): unknown {
  if (execution.status === 'SUCCEEDED') return JSON.parse(execution.output ?? 'null');
  return { status: execution.status, error: execution.error, cause: execution.cause };
}

/** Runs states once, from machine to outcome. */
export async function run(underTest: UnderTest, states: States, input?: unknown, top?: State): Promise<unknown> {
  const machine = await createMachine(underTest, states, top);
  return outcome(await ended(underTest, await start(underTest, machine, input)));
}

export async function history({ stepFunctions }: UnderTest, executionArn: string): Promise<HistoryEvent[]> {
  return (await stepFunctions.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? [];
}

/** `accepted`, or the name of the refusal. */
export function succeed({ stepFunctions }: UnderTest, taskToken: string, output: unknown): Promise<string> {
  return refusal(stepFunctions.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })));
}

export function fail({ stepFunctions }: UnderTest, taskToken: string, error: string): Promise<string> {
  return refusal(stepFunctions.send(new SendTaskFailureCommand({ taskToken, error })));
}
