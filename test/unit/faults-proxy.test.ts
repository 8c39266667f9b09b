import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  delay,
  drop,
  duplicate,
  type FaultProxy,
  first,
  garble,
  kill,
  loseAnswer,
  routeFunctions,
  startFaultProxy,
  throttle,
} from '../faults/index.ts';

/** Answers every request with how-manieth it is, and keeps what it was asked. Knows nothing of AWS. */
let upstream: Server;
let arrived: { url: string; body: string; headers: NodeJS.Dict<string | string[]> }[] = [];
let target: string;
let proxy: FaultProxy;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  upstream = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    arrived.push({ url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    outgoing.setHeader('x-from', 'upstream');
    outgoing.end(JSON.stringify({ number: arrived.length }));
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  // This process plays the emulator: what it starts are the workers.
  proxy = await startFaultProxy({ target, emulatorPid: process.pid });
});

/** Others, for one test each. */
const others: FaultProxy[] = [];
const startAnother = async (options: { target: string; emulatorPid?: number }) => {
  const another = await startFaultProxy(options);
  others.push(another);
  return another;
};

afterEach(async () => {
  proxy.reset();
  arrived = [];
  await Promise.all(others.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  agent.destroy();
  await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
});

const config = (name: string) => ({
  endpoint: `${proxy.endpoint}/${name}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
const update = (name: string, table = 'orders') =>
  new DynamoDBClient(config(name)).send(new UpdateItemCommand({ TableName: table, Key: { id: { S: 'o-1' } } }));
const post = (path: string, body = '{"orderId":"o-1"}') =>
  fetch(`${proxy.endpoint}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
const charge = (name = 'charge') => post(`/${name}/_aws/lambda-url/abc/charges`);

describe('a call that nothing strikes', () => {
  it('is forwarded without the segment that names the caller, and answered as the emulator answers', async () => {
    const response = await post('/charge-payment/some/path?a=1', 'grüße');
    expect(response.headers.get('x-from')).toBe('upstream');
    expect(await response.json()).toEqual({ number: 1 });
    expect(arrived).toMatchObject([{ url: '/some/path?a=1', body: 'grüße', headers: { host: new URL(target).host } }]);
  });

  it('has the proxy taken out of queue URLs in its body', async () => {
    const mine = `${proxy.endpoint}/release/000000000000/queue`;
    await new SQSClient(config('release'))
      .send(new SendMessageCommand({ QueueUrl: mine, MessageBody: 'x' }))
      .catch(() => undefined); // the fake knows no MD5
    expect(JSON.parse(arrived[0]?.body ?? '')).toMatchObject({ QueueUrl: `${target}/000000000000/queue` });
  });

  it('costs less than a millisecond', async () => {
    const time = async (url: string) => {
      const start = performance.now();
      await new Promise((resolve, reject) => {
        const outgoing = request(url, { agent, method: 'POST' }, (incoming) => incoming.resume().on('end', resolve));
        outgoing.on('error', reject);
        outgoing.end('{}');
      });
      return performance.now() - start;
    };
    const added: number[] = [];
    for (let pair = 0; pair < 300; pair += 1)
      added.push(-(await time(`${target}/x`)) + (await time(`${proxy.endpoint}/f/x`)));
    // The lower quartile, for a machine that is busy with something else.
    expect(added.sort((a, b) => a - b)[75]).toBeLessThan(1);
  });

  it('fails as a refused connection does when there is no emulator', async () => {
    const lonely = await startAnother({ target: 'http://127.0.0.1:1' });
    await expect(fetch(`${lonely.endpoint}/f/x`)).rejects.toThrow('fetch failed');
  });
});

describe('an action', () => {
  it('delay forwards later', async () => {
    const injection = proxy.inject({ action: delay(60) });
    const start = performance.now();
    await charge();
    expect(performance.now() - start).toBeGreaterThan(55);
    expect(injection.hits).toBe(1);
  });

  it('drop closes the connection and forwards nothing', async () => {
    const injection = proxy.inject({ action: drop() });
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(arrived).toEqual([]);
    expect(injection.hits).toBe(1);
    expect(proxy.calls()).toMatchObject([{ forwarded: 0, struck: ['drop'] }]);
  });

  it('loseAnswer has it carried out and closes the connection', async () => {
    proxy.inject({ action: loseAnswer() });
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(arrived).toHaveLength(1);
    expect(proxy.calls()).toMatchObject([{ forwarded: 1, status: 200, struck: ['lose-answer'] }]);
  });

  it.each([
    [undefined, 2],
    ['second', 2],
    ['first', 1],
  ] as const)('duplicate(%s) has it carried out twice and passes answer %i on', async (which, number) => {
    proxy.inject({ action: duplicate(which) });
    expect(await (await charge()).json()).toEqual({ number });
    while (arrived.length < 2) await new Promise(setImmediate);
    expect(arrived[0]).toEqual(arrived[1]);
  });

  it('strikes after a delay, when two rules aim at one call', async () => {
    const [late, dropped] = [proxy.inject({ action: delay(20) }), proxy.inject({ action: drop() })];
    await expect(charge()).rejects.toThrow();
    expect([late.hits, dropped.hits]).toEqual([1, 1]);
  });

  it('garble has it carried out and answers something else', async () => {
    proxy.inject({ action: garble() });
    expect(await (await charge()).json()).toEqual({ nonsense: true });
    expect(arrived).toHaveLength(1);
  });

  it('first does something else, and then forwards; another rule may still strike', async () => {
    const done: string[] = [];
    proxy.inject({ action: first(async ({ operation }) => void done.push(`${operation} ${arrived.length}`)) });
    const dropped = proxy.inject({ nth: 2, action: drop() });
    expect((await charge()).status).toBe(200);
    await expect(charge()).rejects.toThrow('fetch failed');
    expect(done).toEqual([expect.stringMatching(/ 0$/), expect.stringMatching(/ 1$/)]);
    expect(dropped.hits).toBe(1);
  });

  it('first that fails says so in its injection, and the call goes on', async () => {
    const injection = proxy.inject({ action: first(() => Promise.reject(new Error('nobody there'))) });
    expect((await charge()).status).toBe(200);
    expect(String(injection)).toContain('failed: nobody there');
  });

  it.each([
    ['DynamoDB', () => update('f'), 'ProvisionedThroughputExceededException', 400],
    [
      'Step Functions',
      () => new SFNClient(config('f')).send(new SendTaskSuccessCommand({ taskToken: 't', output: '{}' })),
      'ThrottlingException',
      400,
    ],
    [
      'SQS',
      () => new SQSClient(config('f')).send(new SendMessageCommand({ QueueUrl: 'http://q', MessageBody: 'x' })),
      'ThrottlingException',
      400,
    ],
    [
      'SNS',
      () => new SNSClient(config('f')).send(new PublishCommand({ TopicArn: 'arn:aws:sns:t', Message: 'x' })),
      'Throttling',
      400,
    ],
    [
      'SES',
      () => new SESv2Client(config('f')).send(new SendEmailCommand({ Content: { Template: {} } })),
      'TooManyRequestsException',
      429,
    ],
  ])('throttle reads as throttling to the SDK’s client of %s', async (_, call, name, status) => {
    proxy.inject({ action: throttle() });
    await expect(call()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(arrived).toEqual([]);
  });

  it('throttle answers 429 in the name of a provider', async () => {
    proxy.inject({ action: throttle() });
    expect(await charge()).toMatchObject({ status: 429 });
  });
});

describe('kill', () => {
  let folder: string;
  let worker: ChildProcess | undefined;

  /** Says what it is about to do and what came of it, and would go on for ever. Run under the name of MiniStack's own. */
  const SCRIPT = `
    console.log('calling');
    const say = (what) => (answer) => console.log(what, answer.status ?? answer.message);
    await fetch(process.argv[2], { method: 'POST', body: 'x' }).then(say('answered'), say('failed'));
    setInterval(() => {}, 1_000);
  `;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faults-'));
    for (const name of ['_worker.mjs', 'other.mjs']) await writeFile(join(folder, name), SCRIPT);
  });
  afterEach(() => {
    worker?.kill('SIGKILL');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = (script: string, url = `${proxy.endpoint}/charge/_aws/lambda-url/abc/charges`) => {
    worker = spawn(process.execPath, [join(folder, script), url], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    if (!worker.stdout) throw new Error('no output');
    const lines = createInterface(worker.stdout).on('line', (line) => said.push(line));
    return { said, lines, ended: once(worker, 'exit') };
  };

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('(%s) ends the process that calls, with %i calls carried out', async (when, carriedOut) => {
    const injection = proxy.inject({ function: 'charge', operation: 'http.POST /charges', action: kill(when) });
    const { said, ended } = start('_worker.mjs');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(said).toEqual(['calling']);
    expect(arrived).toHaveLength(carriedOut);
    expect(injection).toMatchObject({ hits: 1, error: undefined });
  });

  it.each([
    ['a process that is no Lambda worker', 'other.mjs', undefined],
    ['a worker of something else than the emulator', '_worker.mjs', 1],
  ])('leaves %s alone and says so', async (_, script, emulatorPid) => {
    const careful = await startAnother({ target, emulatorPid: emulatorPid ?? process.pid });
    const injection = careful.inject({ action: kill('after') });
    const { said, lines } = start(script, `${careful.endpoint}/f/x`);
    while (said.length < 2) await once(lines, 'line');
    expect(said).toEqual(['calling', 'answered 502']);
    expect(injection.hits).toBe(0);
    expect(injection.error?.message).toContain('Lambda workers');
    expect(careful.describe()).toContain('failed: None of the');
  });

  it('kills nobody without the emulator’s pid', async () => {
    const careful = await startAnother({ target });
    const injection = careful.inject({ action: kill('before') });
    expect(await fetch(`${careful.endpoint}/f/x`)).toMatchObject({ status: 502 });
    expect(injection.error?.message).toContain('emulatorPid');
  });
});

describe('a rule', () => {
  const outcomes = async (times: number, call = () => charge()) => {
    let text = '';
    for (let done = 0; done < times; done += 1)
      text += await call().then(
        (each) => (each.ok ? '.' : 'x'),
        () => 'x',
      );
    return text;
  };

  it.each([
    ['nth: 2', { nth: 2 }, '.x...'],
    ['times: 2', { times: 2 }, 'xx...'],
    ['no limit', {}, 'xxxxx'],
  ])('with %s strikes those calls', async (_, limit, expected) => {
    const injection = proxy.inject({ ...limit, action: throttle() });
    expect(await outcomes(5)).toBe(expected);
    expect(injection.hits).toBe(expected.replaceAll('.', '').length);
  });

  it.each([
    ['a function', { function: 'charge' }, { function: 'refund' }],
    ['a pattern of functions', { function: /^cha/ }, { function: /^ref/ }],
    ['an operation', { operation: 'http.POST /charges' }, { operation: 'dynamodb.UpdateItem' }],
    ['a pattern of operations', { operation: /POST/ }, { operation: /^dynamodb/ }],
    ['what the body holds', { body: /"o-1"/g }, { body: /o-2/ }],
  ])('for %s strikes it and nothing else', async (_, fits, misses) => {
    proxy.inject({ ...misses, action: throttle() });
    expect(await outcomes(2)).toBe('..');
    proxy.inject({ ...fits, action: throttle() });
    expect(await outcomes(2)).toBe('xx');
  });

  it('with a probability strikes the same calls for the same seed, others for another, and about that share', async () => {
    const drawn = async (seed: number) => {
      const injection = proxy.inject({ probability: 0.25, seed, action: throttle() });
      const text = await outcomes(200);
      expect(String(injection)).toContain(`seed ${seed}: ${injection.hits} hits`);
      injection.remove();
      return text;
    };
    const first = await drawn(7);
    expect(await drawn(7)).toBe(first);
    expect(await drawn(8)).not.toBe(first);
    expect(first.replaceAll('.', '').length).toBeGreaterThan(30);
    expect(first.replaceAll('.', '').length).toBeLessThan(70);
  });

  it('that is removed, or reset, strikes no more', async () => {
    const injection = proxy.inject({ action: drop() });
    injection.remove();
    expect(await outcomes(1)).toBe('.');
    proxy.inject({ action: drop() });
    proxy.reset();
    expect(proxy.calls()).toEqual([]);
    expect(await outcomes(1)).toBe('.');
  });
});

it('records who called what, with the resources that calls name', async () => {
  await update('reserve');
  await new DynamoDBClient(config('reserve')).send(new PutItemCommand({ TableName: 'holds', Item: {} }));
  await update('release', 'holds');
  await charge('charge');
  const recorded = [...proxy.recorded()].map(([name, actions]) => [
    name,
    Object.fromEntries([...actions].map(([action, resources]) => [action, [...resources]])),
  ]);
  expect(Object.fromEntries(recorded)).toEqual({
    reserve: { 'dynamodb:UpdateItem': ['orders'], 'dynamodb:PutItem': ['holds'] },
    release: { 'dynamodb:UpdateItem': ['holds'] },
    charge: {},
  });
  expect(proxy.calls({ operation: /^http/ })).toMatchObject([{ function: 'charge', status: 200, forwarded: 1 }]);
  expect(proxy.calls({ function: 'reserve', body: /holds/ })).toHaveLength(1);
});

it('refuses to route the functions of what is no mended MiniStack', async () => {
  await expect(routeFunctions(target, proxy.endpoint)).rejects.toThrow('no MiniStack with Breakwater');
});
