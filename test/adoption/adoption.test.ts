/** A team with a CDK app adopts the package, step by step as they would; then they run it on an emulator. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentFor } from '../../lib/local/deployment/environment.ts';
import { type Emulator, startEmulator } from '../../lib/local/emulator/index.ts';
import { findWorkflow } from '../../lib/operations/index.ts';
import { installInto, link, root } from '../package/installation.ts';
import { linesOf, Shop, type Template } from './shop.ts';

const shop = new Shop();
let before: Template;
let after: Template;

beforeAll(() => {
  before = shop.synth();
  shop.install();
  shop.write('after');
  after = shop.synth();
}, 240_000);

afterAll(() => shop.remove());

const idsOf = ({ Resources }: Template) => Object.keys(Resources);

test('it takes at most 25 lines, beside the new atom itself', () => {
  const known = new Set(linesOf('before', 'lib/shop-stack.ts'));
  const added = linesOf('after', 'lib/shop-stack.ts').filter((line) => !known.has(line));
  const written = [...added, ...linesOf('after', 'lib/place-order.ts')];
  console.info(`adoption: ${added.length} lines in the stack, ${written.length} in all`);
  expect(written.length).toBeLessThanOrEqual(25);
});

test('nothing of theirs changes but who may use their key', () => {
  for (const [id, resource] of Object.entries(before.Resources)) {
    // CDK's own count of what is used where.
    if (resource.Type === 'AWS::CDK::Metadata') continue;
    if (resource.Type === 'AWS::KMS::Key') {
      const { KeyPolicy: _, ...rest } = resource.Properties ?? {};
      expect(after.Resources[id]?.Properties).toMatchObject(rest);
    } else expect(after.Resources[id]).toEqual(resource);
  }
});

test('no bus is made, and no table but the steps’ records', () => {
  const added = Object.entries(after.Resources).filter(([id]) => !(id in before.Resources));
  const stateful = added.map(([, { Type }]) => Type).filter((type) => /Table$|EventBus$|Bucket$/.test(type));
  expect(stateful).toEqual(['AWS::DynamoDB::Table']);
});

test('logical ids stay when the app is synthesised again', () => {
  expect(idsOf(shop.synth())).toEqual(idsOf(after));
}, 120_000);

test('breakwater explain lists what it adds, its price, and how to leave', () => {
  const { parts, dollarsAtRest } = JSON.parse(shop.run('breakwater', ['explain', '--json']));
  expect(parts.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)).toEqual([
    'platform breakwater',
    'atom quote-price@1.0.0',
    'atom reserve-stock@1.0.0',
    'workflow place-order',
  ]);
  expect(dollarsAtRest).toBeGreaterThan(0);
  expect(shop.run('breakwater', ['explain'])).toMatch(/How to leave:/);
}, 60_000);

describe('deployed to an emulator', () => {
  const logs = mkdtempSync(join(tmpdir(), 'breakwater-adoption-emulator-'));
  let emulator: Emulator;
  let settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  let stockTable: string;
  let quoteFunction: string;

  beforeAll(async () => {
    emulator = await startEmulator({ logFile: join(logs, 'emulator.log'), projectRoot: root });
    const { endpoint } = emulator;
    settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    const environment = environmentFor(endpoint, 'ministack');
    shop.run('cdk', ['bootstrap', 'aws://000000000000/us-east-1', '--no-notices'], environment);
    shop.run('cdk', ['deploy', '--require-approval', 'never', '--no-notices', '--method', 'direct'], environment);
    const { Stacks = [] } = await new CloudFormationClient(settings).send(
      new DescribeStacksCommand({ StackName: 'ShopStack' }),
    );
    const output = (key: string) => Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
    stockTable = output('StockTable');
    quoteFunction = output('QuoteFunction');
    await new DynamoDBClient(settings).send(
      new PutItemCommand({ TableName: stockTable, Item: marshall({ sku: 'mug', available: 10 }) }),
    );
  }, 300_000);

  afterAll(async () => {
    await emulator?.stop();
    rmSync(logs, { recursive: true, force: true });
  });

  /** Starts an order as an app would, and waits for its end. */
  async function place(name: string, order: object): Promise<{ readonly status: string; readonly output: unknown }> {
    const stepFunctions = new SFNClient(settings);
    const { liveArn } = await findWorkflow(new SSMClient(settings), 'place-order');
    const { executionArn } = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn: liveArn, name, input: JSON.stringify(order) }),
    );
    for (let look = 0; look < 300; look += 1) {
      const { status = '', output = 'null' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return { status, output: JSON.parse(output) };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(
      `${name} does not end; the log is ${readFileSync(join(logs, 'emulator.log'), 'utf8').slice(-2_000)}`,
    );
  }

  const available = async (): Promise<unknown> => {
    const Key = marshall({ sku: 'mug' });
    const { Item = {} } = await new DynamoDBClient(settings).send(new GetItemCommand({ TableName: stockTable, Key }));
    return unmarshall(Item).available;
  };

  test('an order goes through the existing function and the new atom, and writes to the existing table once', async () => {
    expect(await place('o-1', { sku: 'mug', quantity: 3 })).toEqual({
      status: 'SUCCEEDED',
      output: { status: 'succeeded', value: { total: 3_750 } },
    });
    expect(await available()).toBe(7);
  }, 120_000);

  test('the existing function is told the step’s idempotency key', async () => {
    const { events = [] } = await new CloudWatchLogsClient(settings).send(
      new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${quoteFunction}`, filterPattern: 'quoted' }),
    );
    const line = events.map(({ message = '' }) => message).find((message) => message.includes('"quoted":"mug"'));
    expect(JSON.parse(line?.slice(line.indexOf('{')) ?? '{}')).toEqual({
      quoted: 'mug',
      key: expect.stringMatching(/^[a-z2-7]{52}$/),
    });
  }, 60_000);

  test('an error of the existing function under a declared name declines the order', async () => {
    expect(await place('o-2', { sku: 'unicorn', quantity: 1 })).toMatchObject({
      status: 'SUCCEEDED',
      output: { status: 'declined', failure: { step: 'quote', name: 'NotSold' } },
    });
  }, 120_000);

  test('what the new atom declines is not written', async () => {
    expect(await place('o-3', { sku: 'mug', quantity: 99 })).toMatchObject({
      output: { status: 'declined', failure: { step: 'stock', name: 'OutOfStock' } },
    });
    expect(await available()).toBe(7);
  }, 120_000);

  test('another team’s application starts orders and waits for them through the client', async () => {
    const folder = join(logs, 'checkout');
    cpSync(join(root, 'test', 'adoption', 'checkout'), folder, { recursive: true });
    installInto(folder);
    link(folder, ['zod', '@types/node', 'typescript']);
    const types = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--types', 'node', 'checkout.ts'];
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...types], { cwd: folder, stdio: 'inherit' });
    const printed = execFileSync(process.execPath, ['checkout.ts'], {
      cwd: folder,
      env: { ...environmentFor(emulator.endpoint, 'ministack'), NODE_NO_WARNINGS: '1' },
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual({
      started: [true, false],
      fulfilled: { status: 'succeeded', value: { total: 2_500 } },
      declined: { status: 'declined', failure: { step: 'quote', name: 'NotSold', payload: { sku: 'unicorn' } } },
      described: 'succeeded',
      stopped: { started: false, reason: expect.stringContaining('SUCCEEDED') },
      invalid: expect.stringMatching(/^ContractViolation: .*quantity/),
      conflict: expect.stringMatching(/^IdConflict: .*differs at quantity/),
      unknown: expect.stringMatching(/^NotStarted: place-order "desk-4" was never started/),
    });
  }, 180_000);

  test('an input that breaks the contract fails, with the place', async () => {
    expect(await place('o-4', { sku: 'mug', quantity: 0 })).toMatchObject({ status: 'FAILED' });
  }, 120_000);
});

test('an app of an older cdk init, CommonJS under ts-node with TypeScript 5, synthesises the same', () => {
  shop.becomeOlder();
  expect(idsOf(shop.synth())).toEqual(idsOf(after));
}, 180_000);
