import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { definitionsIn, explain, explanationText, readAssembly } from '../../lib/assembly/index.ts';
import { Atom, Platform, Workflow } from '../../lib/constructs/index.ts';
import { contract, minutes, pure, table, transaction } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-explain-'));
writeFileSync(join(folder, 'index.mjs'), 'export const handler = () => undefined;\n');
const code = () => Code.fromAsset(folder);

const Order = z.object({ sku: z.string() });
const stock = table('stock', { partitionKey: 'sku' });
const common = { version: '1.0.0', summary: 'x', input: Order, output: Order } as const;
const quotePrice = contract({ ...common, name: 'quote-price', effect: pure });
const reserveStock = contract({
  ...common,
  name: 'reserve-stock',
  effect: transaction,
  uses: [stock.allow('UpdateItem')],
});
const placeOrder = workflow('place-order', Order, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.999 },
})
  .step('quote', quotePrice, ({ input }) => ({ sku: input.sku }))
  .step('stock', reserveStock, ({ quote }) => ({ sku: quote.sku }))
  .returns(({ stock: reserved }) => reserved.sku);

/** Somebody's stack, and what we put into it. */
function theirs() {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'breakwater-assembly-')) });
  const stack = new Stack(app, 'Shop');
  const encryptionKey = new Key(stack, 'Key') as IKey;
  const partitionKey = { name: 'sku', type: AttributeType.STRING };
  const table = new Table(stack, 'Stock', { partitionKey, encryptionKey }) as ITable;
  new Table(stack, 'Customers', { partitionKey });
  const existing = new LambdaFunction(stack, 'QuotePrice', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: code(),
  });
  const checkout = new Role(stack, 'Checkout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const platform = new Platform(stack, 'Breakwater', { encryptionKey, code, prefix: 'shop-' });
  const quote = Atom.fromFunction(stack, 'Quote', { platform, contract: quotePrice, function: existing });
  const reserve = new Atom(stack, 'Reserve', {
    platform,
    contract: reserveStock,
    code: code(),
    tables: { stock: table },
  });
  const deployed = new Workflow(stack, 'PlaceOrder', { platform, workflow: placeOrder, atoms: [quote, reserve] });
  deployed.grantStart(checkout);
  return app;
}

const assembly = readAssembly(theirs().synth().directory);
const explanation = explain(assembly);
const part = (path: string) => explanation.parts.find((each) => each.path === path);

test('each construct of ours is a part, with everything in it', () => {
  expect(explanation.parts.map(({ kind, name, path, stack }) => `${kind} ${name} ${stack}/${path}`)).toEqual([
    'platform shop-breakwater Shop/Breakwater',
    'atom quote-price@1.0.0 Shop/Quote',
    'atom reserve-stock@1.0.0 Shop/Reserve',
    'workflow place-order Shop/PlaceOrder',
  ]);
  expect(part('Reserve')?.resources).toEqual({
    'AWS::CloudWatch::Alarm': 1,
    'AWS::IAM::Policy': 1,
    'AWS::IAM::Role': 1,
    'AWS::Lambda::Alias': 1,
    'AWS::Lambda::EventSourceMapping': 1,
    'AWS::Lambda::Function': 1,
    'AWS::Lambda::Version': 1,
    'AWS::Logs::LogGroup': 1,
    'AWS::SQS::Queue': 2,
    'AWS::SQS::QueuePolicy': 2,
  });
});

test('nothing of theirs is counted as ours', () => {
  const counted = explanation.parts.flatMap(({ resources }) => Object.values(resources)).reduce((a, b) => a + b, 0);
  const all = assembly.stacks.flatMap(({ resources }) => resources);
  const ours = all.filter(({ path }) => /^(Breakwater|Quote|Reserve|PlaceOrder)\//.test(path));
  expect(counted).toBe(ours.length);
  expect(all.length - ours.length).toBe(7); // key, two tables, function with its role, checkout with its policy
});

test('no bus is made for a workflow without events, and the records table only once', () => {
  const types = explanation.parts.flatMap(({ resources }) => Object.keys(resources));
  expect(types.filter((type) => type === 'AWS::Events::EventBus')).toEqual([]);
  expect(types.filter((type) => type === 'AWS::DynamoDB::Table')).toHaveLength(1);
});

test('dollars at rest: alarms by their metrics, composites, polling of idle queues', () => {
  expect(part('Reserve')?.atRest).toEqual([
    { what: 'alarm metrics', dollars: 0.1 },
    { what: 'polling of idle queues', dollars: 0.26 },
  ]);
  expect(part('Quote')?.atRest).toEqual([]);
  const all = explanation.parts.flatMap(({ atRest }) => atRest.map(({ dollars }) => dollars));
  expect(explanation.dollarsAtRest).toBeCloseTo(all.reduce((a, b) => a + b, 0));
});

test('roles say who takes them on and what they may do, narrowed as they are', () => {
  const [role] = part('Reserve')?.roles ?? [];
  expect(role).toMatchObject({ path: 'Reserve/Lambda/Role', trusts: ['lambda.amazonaws.com'] });
  expect(role?.may).toContainEqual({ actions: ['dynamodb:UpdateItem'], on: ['Stock'], where: [] });
  expect(role?.may).toContainEqual({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    on: ['Breakwater/Records'],
    where: ['dynamodb:LeadingKeys like place-order:*'],
  });
});

test('ties name what ours uses of theirs, and what of theirs refers to ours', () => {
  const told = explanation.ties.map(({ direction, yours, parts }) => `${yours} ${direction} ${parts.join(', ')}`);
  expect(told).toEqual([
    'Key uses Breakwater, PlaceOrder, Quote, Reserve',
    'Stock uses Reserve',
    'QuotePrice uses Quote',
    'Checkout/DefaultPolicy used by PlaceOrder',
  ]);
});

test('definitions are plain Amazon States Language, and their placeholders are told', () => {
  const [undo, main] = definitionsIn(assembly);
  expect(undo?.name).toBe('shop-undo-place-order');
  expect(main).toMatchObject({
    name: 'shop-place-order',
    definition: { StartAt: 'quote' },
    substitutions: { ReserveStockV1Queue: 'Reserve/Work/Queue' },
  });
});

describe('for people', () => {
  const text = explanationText(explanation);

  test('names each part with its price, the sum, the ties and the way out', () => {
    expect(text).toContain('atom reserve-stock@1.0.0  (Shop/Reserve)');
    expect(text).toContain('  at rest    $0.36 a month: alarm metrics $0.10, polling of idle queues $0.26');
    expect(text).toContain('Of yours it uses:\n  Shop/Key (KMS::Key): Breakwater, PlaceOrder, Quote, Reserve');
    expect(text).toContain('How to leave:');
  });

  test('says so where there is nothing of ours', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'breakwater-assembly-')) });
    new Table(new Stack(app, 'Shop'), 'Stock', { partitionKey: { name: 'sku', type: AttributeType.STRING } });
    expect(explanationText(explain(readAssembly(app.synth().directory)))).toBe(
      'Nothing of Breakwater is in this assembly: no Platform, Atom, Workflow or Admission.',
    );
  });

  test('a folder without an assembly is refused with what to do', () => {
    expect(() => readAssembly('nowhere')).toThrow(
      'There is no cloud assembly in nowhere: manifest.json is missing. Run "npx cdk synth" first',
    );
  });
});

describe('an existing function', () => {
  const adopt = (of: Parameters<typeof contract>[0], timeoutSeconds = 3) => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code });
    const existing = new LambdaFunction(stack, 'Existing', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: code(),
      timeout: Duration.seconds(timeoutSeconds),
    });
    return () => Atom.fromFunction(stack, 'Quote', { platform, contract: contract(of), function: existing });
  };

  test.each([
    [
      'that writes to tables',
      { ...common, name: 'quote-price', effect: transaction },
      3,
      'is a transaction, and what an existing function writes cannot be committed',
    ],
    [
      'that may run longer than its contract allows',
      { ...common, name: 'quote-price', effect: pure },
      60,
      'the function may run for 1m, and quote-price@1.0.0 gives it 10s',
    ],
    [
      'whose schema JSON Schema cannot say',
      { ...common, output: z.date(), name: 'quote-price', effect: pure },
      3,
      'Its output cannot be written as JSON Schema',
    ],
  ])('%s is refused, with what to change', (_, of, timeoutSeconds, message) => {
    expect(adopt(of as Parameters<typeof contract>[0], timeoutSeconds)).toThrow(message);
  });
});
