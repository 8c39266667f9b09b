import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineAliasCommand,
  PublishStateMachineVersionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { createMachine, ended, type States, start } from './executions.ts';
import { createFunction } from './functions.ts';
import { arnOf, createQueue, receive } from './queues.ts';
import { emulatorUnderTest, unique } from './under-test.ts';

const underTest = emulatorUnderTest('messaging');

test.concurrent('a move task brings dead letters back to the queue that they came from', async () => {
  const deadLetters = await createQueue(underTest);
  const SourceArn = await arnOf(underTest, deadLetters);
  const redrive = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  const source = await createQueue(underTest, { RedrivePolicy: redrive });
  const attribute = { a: { DataType: 'String', StringValue: 'v' } };
  for (const MessageBody of ['0', '1', '2']) {
    const message = { QueueUrl: deadLetters, MessageBody, MessageAttributes: attribute };
    await underTest.queues.send(new SendMessageCommand(message));
  }
  await underTest.queues.send(new StartMessageMoveTaskCommand({ SourceArn }));
  const { Results = [] } = await underTest.queues.send(new ListMessageMoveTasksCommand({ SourceArn }));
  expect(Results[0]).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 });
  const { Messages = [] } = await underTest.queues.send(
    new ReceiveMessageCommand({ QueueUrl: source, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  expect(Messages.map(({ Body }) => Body).sort()).toEqual(['0', '1', '2']);
  expect(Messages[0]?.MessageAttributes?.a?.StringValue).toBe('v');
});

interface StatusEvent {
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown> & { readonly status: string };
}

/** A machine, and a queue that gets the events of its executions. */
async function watchedMachine(states: States, top?: Record<string, unknown>): Promise<[string, string]> {
  const machine = await createMachine(underTest, states, top);
  return [machine, await watch({ source: ['aws.states'], detail: { stateMachineArn: [machine] } })];
}

async function watch(pattern: unknown, transformer?: Record<string, unknown>): Promise<string> {
  const queue = await createQueue(underTest);
  const target = { Id: 'queue', Arn: await arnOf(underTest, queue), ...transformer };
  await addRule(pattern, target);
  return queue;
}

async function addRule(pattern: unknown, target: { Id: string; Arn: string }): Promise<void> {
  const Name = unique('rule');
  await underTest.events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
  await underTest.events.send(new PutTargetsCommand({ Rule: Name, Targets: [target] }));
}

test.concurrent('the events of an execution name its version and its alias, and its machine without them', async () => {
  const [machine, queue] = await watchedMachine({ S: { Type: 'Pass', End: true } });
  const { stateMachineVersionArn: version = '' } = await underTest.stepFunctions.send(
    new PublishStateMachineVersionCommand({ stateMachineArn: machine }),
  );
  const routing = [{ stateMachineVersionArn: version, weight: 100 }];
  const { stateMachineAliasArn: alias = '' } = await underTest.stepFunctions.send(
    new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration: routing }),
  );
  const execution = await start(underTest, alias, { order: 1 });
  const events = await receive<StatusEvent>(underTest, queue, 2);
  expect(events.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'SUCCEEDED']);
  const named = { executionArn: execution, stateMachineArn: machine, stateMachineVersionArn: version };
  for (const event of events) {
    expect(event.resources).toEqual([execution]);
    expect(event.detail).toMatchObject({ ...named, stateMachineAliasArn: alias, input: '{"order":1}' });
    expect(event.detail.startDate).toBeGreaterThan(Date.now() - 60_000);
  }
  expect(events[0]?.detail).toMatchObject({ stopDate: null, output: null, outputDetails: null });
  expect(events[1]?.detail).toMatchObject({ output: '{"order": 1}', outputDetails: { included: true }, error: null });
  expect(events[1]?.detail.stopDate).toBeGreaterThanOrEqual(Number(events[1]?.detail.startDate));
});

const waiting = { W: { Type: 'Wait', Seconds: 5, End: true } };

test.concurrent('an execution past its time limit says so in an event', async () => {
  const [machine, queue] = await watchedMachine(waiting, { TimeoutSeconds: 1 });
  await start(underTest, machine);
  const events = await receive<StatusEvent>(underTest, queue, 2);
  expect(events.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'TIMED_OUT']);
  expect(events[1]?.detail).toMatchObject({ redriveStatus: 'REDRIVABLE', redriveStatusReason: null });
});

test.concurrent('the event of a stopped execution has the error and the cause that were given', async () => {
  const [machine, queue] = await watchedMachine(waiting);
  const executionArn = await start(underTest, machine);
  await underTest.stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }));
  const events = await receive<StatusEvent>(underTest, queue, 2);
  expect(events[1]?.detail).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'C' });
});

test.concurrent('a child that its parent waits for has events as well', async () => {
  const [child, queue] = await watchedMachine({ F: { Type: 'Fail', Error: 'E', Cause: 'C' } });
  const resource = 'arn:aws:states:::states:startExecution.sync:2';
  const task = { Type: 'Task', Resource: resource, Arguments: { StateMachineArn: child, Input: {} }, End: true };
  await ended(underTest, await start(underTest, await createMachine(underTest, { T: task })));
  const events = await receive<StatusEvent>(underTest, queue, 2);
  expect(events.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'FAILED']);
  expect(events[1]?.detail).toMatchObject({ error: 'E', cause: 'C' });
});

// Passes on the plain emulator too: it pins what CDK's RuleTargetInput.fromObject relies on.
test.concurrent('an input transformer puts objects, numbers and strings of the event into a message', async () => {
  const queue = await watch(
    { source: ['shop'] },
    {
      InputTransformer: {
        InputPathsMap: {
          detail: '$.detail',
          'detail-total': '$.detail.total',
          time: '$.time',
          'detail-type': '$.detail-type',
        },
        InputTemplate:
          '{"what":<detail-type>,"order":<detail>,"nested":{"total":<detail-total>},"text":"of <detail-total> at <time>"}',
      },
    },
  );
  const detail = { id: 'a "quoted" one', total: 12.5, lines: [{ sku: 'x', gift: null, urgent: true }] };
  const event = { Source: 'shop', DetailType: 'OrderPlaced', Detail: JSON.stringify(detail) };
  await underTest.events.send(new PutEventsCommand({ Entries: [event] }));
  expect(await receive(underTest, queue, 1)).toEqual([
    { what: 'OrderPlaced', order: detail, nested: { total: 12.5 }, text: expect.stringMatching(/^of 12.5 at 2\d{3}-/) },
  ]);
});

test.concurrent('a function that fails on an event is tried again, and then the event goes to its destination', async () => {
  const FunctionName = await createFunction(underTest, `exports.handler = async () => { throw new Error('no') };`);
  const queue = await createQueue(underTest);
  const destination = { OnFailure: { Destination: await arnOf(underTest, queue) } };
  await underTest.functions.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1, DestinationConfig: destination }),
  );
  const { Configuration } = await underTest.functions.send(new GetFunctionCommand({ FunctionName }));
  await addRule({ source: ['retried'] }, { Id: 'function', Arn: Configuration?.FunctionArn ?? '' });
  const event = { Source: 'retried', DetailType: 'd', Detail: '{"order":1}' };
  await underTest.events.send(new PutEventsCommand({ Entries: [event] }));
  const [lost] = await receive<Record<string, unknown>>(underTest, queue, 1);
  expect(lost).toMatchObject({ requestPayload: { source: 'retried', detail: { order: 1 } } });
});
