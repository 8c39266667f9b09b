import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { run } from './executions.ts';
import { createFunction, invoke, publish } from './functions.ts';
import { arnOf, createQueue, receive } from './queues.ts';
import { createStack } from './stacks.ts';
import { emulatorUnderTest, eventually, ROLE } from './under-test.ts';

const underTest = emulatorUnderTest('lambda');

const thrower = `
  class CardDeclined extends Error { name = 'CardDeclined'; }
  let calls = 0;
  exports.handler = async ({ how }) => {
    calls += 1;
    if (how === 'throw') throw new CardDeclined('no money');
    if (how === 'string') throw 'no money';
    if (how === 'exit') process.exit(1);
    if (how === 'hang') await new Promise(() => setTimeout(() => 0, 60_000));
    return calls;
  };`;

test.concurrent('an error that a function throws answers as Unhandled with its own name, message and trace', async () => {
  const { error, payload } = await invoke(underTest, await createFunction(underTest, thrower), { how: 'throw' });
  expect(error).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'CardDeclined', errorMessage: 'no money' });
  expect((payload as { trace: string[] }).trace[0]).toBe('CardDeclined: no money');
});

const CONTEXTS = [
  ['javascript', 'exports.handler = async (_event, context) => context.clientContext?.custom ?? null;'],
  [
    'python',
    'def handler(_event, context):\n    return context.client_context.custom if context.client_context else None',
  ],
] as const;

test.concurrent.each(CONTEXTS)(
  'what a caller sends as client context reaches a %s function, in that call only',
  async (language, source) => {
    const name = await createFunction(underTest, source, { language });
    expect(await invoke(underTest, name, {}, undefined, { custom: { key: 'k-1' } })).toMatchObject({
      payload: { key: 'k-1' },
    });
    expect(await invoke(underTest, name)).toMatchObject({ payload: null });
  },
);

const otherErrors: [string, string, string][] = [
  ['throws a string', 'string', 'string'],
  ['ends its process', 'exit', 'Runtime.ExitError'],
];

test.concurrent.each(otherErrors)('a function that %s answers with the error type of AWS', async (_case, how, type) => {
  const { error, payload } = await invoke(underTest, await createFunction(underTest, thrower), { how });
  expect(error).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: type });
});

test.concurrent('an error that a Python function raises answers with the name of its class, and leaves its state', async () => {
  const raiser = `
calls = 0
class CardDeclined(Exception):
    pass
def handler(event, _context):
    global calls
    calls += 1
    if event.get("how") == "raise":
        raise CardDeclined("no money")
    return calls`;
  const name = await createFunction(underTest, raiser, { language: 'python' });
  const { error, payload } = await invoke(underTest, name, { how: 'raise' });
  expect(error).toBe('Unhandled');
  expect(payload).toEqual({
    errorType: 'CardDeclined',
    errorMessage: 'no money',
    stackTrace: [expect.stringContaining('in handler')],
  });
  expect(await invoke(underTest, name)).toMatchObject({ payload: 2 });
});

// Passes on the plain emulator too: it holds the mend of the other names to this one.
test.concurrent('a function that runs out of time answers with Sandbox.Timedout', async () => {
  const name = await createFunction(underTest, thrower, { timeoutSeconds: 1 });
  expect(await invoke(underTest, name, { how: 'hang' })).toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
});

test.concurrent('a function keeps its state over an error that it throws, as its environment stays', async () => {
  const name = await createFunction(underTest, thrower);
  await invoke(underTest, name);
  await invoke(underTest, name, { how: 'throw' });
  expect(await invoke(underTest, name)).toMatchObject({ payload: 3 });
});

test.concurrent('a lambda:invoke task is caught by the name of the error, with the error as JSON in its cause', async () => {
  const caught = await run(underTest, {
    T: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: await createFunction(underTest, thrower), Payload: { how: 'throw' } },
      Catch: [{ ErrorEquals: ['CardDeclined'], Output: '{% $parse($states.errorOutput.Cause) %}', Next: 'S' }],
      End: true,
    },
    S: { Type: 'Succeed' },
  });
  expect(caught).toMatchObject({ errorType: 'CardDeclined', errorMessage: 'no money', trace: expect.any(Array) });
});

test.concurrent('calls of a function that logs nothing wait for no log', async () => {
  const name = await createFunction(underTest, 'exports.handler = async () => 1');
  await invoke(underTest, name);
  const took: number[] = [];
  while (took.length < 20) {
    const began = performance.now();
    await invoke(underTest, name);
    took.push(performance.now() - began);
  }
  expect(Math.min(...took)).toBeLessThan(35);
});

test.concurrent('every line that a call logs is in the log, however late it comes and however it ends', async () => {
  const source = `exports.handler = async ({ n }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let line = 0; line < 50; line += 1) console.log('line ' + n + ' ' + line);
    process.stdout.write('last ' + n);
  };`;
  const name = await createFunction(underTest, source);
  for (let n = 0; n < 10; n += 1) await invoke(underTest, name, { n });
  const { events = [] } = await underTest.logs.send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}`, limit: 10_000 }),
  );
  const lines = events.flatMap(({ message = '' }) => /(line \d+ \d+|last \d+)$/m.exec(message.trim())?.[1] ?? []);
  expect(new Set(lines).size).toBe(510);
  expect(events.filter(({ message }) => message?.includes('\u001e'))).toEqual([]);
});

test.concurrent('an alias with a second version sends calls and batches to both, and reads as its first', async () => {
  const says = (word: string) => `exports.handler = async () => { console.log('says ${word}'); return '${word}' }`;
  const name = await createFunction(underTest, says('zero'));
  const one = await publish(underTest, name, says('one'));
  const two = await publish(underTest, name, says('two'));
  const { AliasArn = '' } = await underTest.functions.send(
    new CreateAliasCommand({
      FunctionName: name,
      Name: 'live',
      FunctionVersion: one,
      RoutingConfig: { AdditionalVersionWeights: { [two]: 0.5 } },
    }),
  );
  const said: unknown[] = [];
  while (said.length < 40) said.push((await invoke(underTest, name, {}, 'live')).payload);
  const callsOf = (word: string) => said.filter((each) => each === word).length;
  expect(callsOf('one')).toBeGreaterThan(8);
  expect(callsOf('two')).toBeGreaterThan(8);

  const queue = await createQueue(underTest);
  const mapping = { EventSourceArn: await arnOf(underTest, queue), FunctionName: AliasArn, BatchSize: 1 };
  await underTest.functions.send(new CreateEventSourceMappingCommand(mapping));
  const send = () => underTest.queues.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: '{}' }));
  await Promise.all(Array.from({ length: 24 }, send));
  const batches = await eventually(async () => {
    const { events = [] } = await underTest.logs.send(
      new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}`, limit: 10_000 }),
    );
    const logged = (word: string) => events.filter(({ message }) => message?.includes(`says ${word}`)).length;
    const counts = [logged('one') - callsOf('one'), logged('two') - callsOf('two')] as const;
    return counts[0] + counts[1] >= 24 ? counts : undefined;
  });
  expect(Math.min(...batches)).toBeGreaterThanOrEqual(4);
  const read = new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: 'live' });
  const versions = await Promise.all(Array.from({ length: 8 }, () => underTest.functions.send(read)));
  expect(new Set(versions.map(({ Version }) => Version))).toEqual(new Set([one]));
});

const greeter = `exports.handler = async ({ rawPath }) => ({ statusCode: 200, body: 'hello ' + rawPath });`;

test.concurrent('a function URL that was made by a call can be called', async () => {
  const FunctionName = await createFunction(underTest, greeter);
  const made = await underTest.functions.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
  const read = await underTest.functions.send(new GetFunctionUrlConfigCommand({ FunctionName }));
  expect(read.FunctionUrl).toBe(made.FunctionUrl);
  expect(await (await fetch(`${read.FunctionUrl}orders`)).text()).toBe('hello /orders');
});

test.concurrent('a function URL that a stack made can be called', async () => {
  const code = { ZipFile: greeter };
  const { outputs } = await createStack(
    underTest,
    {
      F: ['Lambda::Function', { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: ROLE, Code: code }],
      U: ['Lambda::Url', { TargetFunctionArn: { 'Fn::GetAtt': ['F', 'Arn'] }, AuthType: 'NONE' }],
    },
    { url: { 'Fn::GetAtt': ['U', 'FunctionUrl'] } },
  );
  expect(await (await fetch(outputs.url)).text()).toBe('hello /');
});

// No defect: a setting that the mends add, for proxies that play faults.
test('functions call through the functions endpoint, under their name, with their queue URLs', async () => {
  const queue = await createQueue(underTest);
  const source = `exports.handler = () => fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: process.env.QUEUE_URL, MessageBody: '"through"' }),
  }).then((response) => [response.status, process.env.QUEUE_URL]);`;
  const proxy = await startProxy();
  try {
    await configure(proxy.url);
    const name = await createFunction(underTest, source, { variables: { QUEUE_URL: queue } });
    const { pathname } = new URL(queue);
    expect(await invoke(underTest, name)).toMatchObject({ payload: [200, `${proxy.url}/${name}${pathname}`] });
    expect(proxy.callers).toEqual([name]);
    expect(await receive(underTest, queue, 1)).toEqual(['through']);
  } finally {
    await configure(null);
    proxy.server.close();
  }
});

async function configure(endpoint: string | null): Promise<void> {
  const body = JSON.stringify({ 'breakwater.functions_endpoint': endpoint });
  await fetch(`${underTest.emulator.endpoint}/_ministack/config`, { method: 'POST', body });
}

/** Takes the first path segment off and notes it. */
async function startProxy(): Promise<{ server: Server; url: string; callers: string[] }> {
  const callers: string[] = [];
  const forward = async (request: IncomingMessage): Promise<Response> => {
    const [, caller = '', ...path] = (request.url ?? '').split('/');
    callers.push(caller);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return fetch(`${underTest.emulator.endpoint}/${path.join('/')}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': String(request.headers['x-amz-target']),
      },
      body: Buffer.concat(chunks),
    });
  };
  const server = createServer((request, response) => {
    void forward(request).then(async (answer) => {
      response.writeHead(answer.status).end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, callers };
}
