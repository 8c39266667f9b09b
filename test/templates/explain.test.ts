import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { AttributeType, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { explainCommand } from '../../bin/commands/explain.ts';
import { definitionsIn, explain, explanationText, readAssembly } from '../../lib/assembly/index.ts';
import { Atom, Platform, Workflow } from '../../lib/constructs/index.ts';
import { contract, lookup, minutes, pure, table, transaction } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { foreignApp } from './foreign.ts';

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

const askPrice = workflow('ask-price', Order, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.999 },
})
  .step('quote', quotePrice, ({ input }) => ({ sku: input.sku }))
  .returns(({ quote }) => quote.sku);

/** Somebody's stack, and what we put into it. */
function theirs() {
  const app = newApp();
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

const newApp = () => foreignApp({ outdir: mkdtempSync(join(tmpdir(), 'breakwater-assembly-')) });

/** Platform, atom and workflow, wherever they are to stand. */
function ours(scope: Construct, props: { readonly encryptionKey?: IKey } = {}) {
  const platform = new Platform(scope, 'Breakwater', { code, prefix: 'shop-', ...props });
  const quote = new Atom(scope, 'Quote', { platform, contract: quotePrice, code: code() });
  return new Workflow(scope, 'AskPrice', { platform, workflow: askPrice, atoms: [quote] });
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
    'AWS::CloudWatch::Alarm': 2,
    'AWS::IAM::Policy': 1,
    'AWS::IAM::Role': 1,
    'AWS::Lambda::Alias': 1,
    'AWS::Lambda::EventSourceMapping': 2,
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
    { what: 'alarm metrics', dollars: 0.2 },
    { what: 'polling of idle queues', dollars: 0.52 },
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

describe('in nested stacks', () => {
  const told = (build: (stack: Stack) => void) => {
    const app = newApp();
    build(new Stack(app, 'Shop'));
    return readAssembly(app.synth().directory);
  };
  const flat = explain(told((stack) => void ours(stack, { encryptionKey: new Key(stack, 'Key') as IKey })));
  const nested = told((stack) => {
    const encryptionKey = new Key(stack, 'Key') as IKey;
    const inner = new NestedStack(new NestedStack(stack, 'Outer'), 'Inner');
    ours(inner, { encryptionKey }).grantStart(
      new Role(stack, 'Checkout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    );
  });

  test('ours counts and costs the same as in a plain stack, under its own path', () => {
    const { parts, dollarsAtRest } = explain(nested);
    expect(parts.map(({ path }) => path)).toEqual(flat.parts.map(({ path }) => `Outer/Inner/${path}`));
    expect(parts.map(({ resources }) => resources)).toEqual(flat.parts.map(({ resources }) => resources));
    expect(dollarsAtRest).toBe(flat.dollarsAtRest);
    expect(dollarsAtRest).toBeGreaterThan(3);
  });

  test('what crosses into them as a parameter, and out of them as an output, is told by its path', () => {
    const { ties, parts } = explain(nested);
    expect(ties.map(({ direction, yours, parts: of }) => `${yours} ${direction} ${of.join(', ')}`)).toEqual([
      'Key uses Outer/Inner/AskPrice, Outer/Inner/Breakwater, Outer/Inner/Quote',
      'Checkout/DefaultPolicy used by Outer/Inner/AskPrice',
    ]);
    const keeper = parts[0]?.roles.find(({ path }) => path.includes('KeepResult'));
    expect(keeper?.may).toContainEqual(expect.objectContaining({ on: ['Key'] }));
    expect(keeper?.may).toContainEqual(
      expect.objectContaining({ actions: ['dynamodb:PutItem'], on: ['Outer/Inner/Breakwater/Records'] }),
    );
  });

  test('machines are told with what their placeholders stand for', () => {
    const main = definitionsIn(nested).find(({ name }) => name === 'shop-ask-price');
    expect(Object.values(main?.substitutions ?? {})).toContain('Outer/Inner/Breakwater/park-steps/Work/Queue');
  });

  test('two of the same shape are told apart, though they have the same logical ids', () => {
    const { stacks } = told((stack) => {
      for (const id of ['North', 'South']) {
        const inner = new NestedStack(stack, id);
        const queue = new Queue(inner, 'Letters');
        new Queue(inner, 'Work', { deadLetterQueue: { queue, maxReceiveCount: 3 } });
      }
    });
    const queues = stacks[0]?.resources.filter(({ type }) => type === 'AWS::SQS::Queue') ?? [];
    expect(queues.map(({ path }) => path)).toEqual(
      ['North/Letters', 'North/Work', 'South/Letters', 'South/Work'].map((path) => `${path}/Resource`),
    );
    const [, , letters, work] = queues;
    expect(work?.properties.RedrivePolicy).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': [letters?.id, 'Arn'] },
    });
    expect(new Set(queues.map(({ id }) => id)).size).toBe(4);
  });
});

describe('whom their key lets use it', () => {
  const app = newApp();
  const stack = new Stack(app, 'Shop', { env: { account: '111111111111', region: 'eu-west-1' } });
  const key = new Key(stack, 'Key');
  key.grantAdmin(new AccountPrincipal('222222222222'));
  new Key(stack, 'Unused').grantDecrypt(new ServicePrincipal('s3.amazonaws.com'));
  ours(stack, { encryptionKey: key as IKey });
  const shown = explain(readAssembly(app.synth().directory));
  const grants = shown.ties.find(({ yours }) => yours === 'Key')?.grants ?? [];

  test('is all that its policy says but its own account', () => {
    const use = ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
    expect(grants).toContainEqual({
      who: ['events.amazonaws.com'],
      actions: use,
      where: ['aws:SourceAccount is 111111111111'],
    });
    expect(grants).toContainEqual({
      who: ['cloudwatch.amazonaws.com'],
      actions: use,
      where: ['aws:SourceAccount is 111111111111'],
    });
    expect(grants).toContainEqual({
      who: ['logs.eu-west-1.amazonaws.com'],
      actions: use,
      where: [expect.stringMatching(/^kms:EncryptionContext:aws:logs:arn like .*\/aws\/lambda\/shop-quote-price-v1$/)],
    });
    expect(grants.flatMap(({ who }) => who)).toContain('arn:*:iam::222222222222:root');
    expect(grants.filter(({ actions }) => actions.includes('kms:*'))).toEqual([]);
  });

  test('is told to people once for those who may do the same, and not of keys that ours does not use', () => {
    const text = explanationText(shown);
    expect(text).toContain('Of your key Shop/Key these may use it, by its policy, beside its account:\n');
    expect(text).toContain(
      '\n  events.amazonaws.com may kms:Decrypt, kms:Encrypt, kms:ReEncrypt*, kms:GenerateDataKey*',
    );
    expect(text.match(/^ {2}logs\.eu-west-1\.amazonaws\.com may /gm)).toHaveLength(1);
    expect(text).not.toContain('s3.amazonaws.com');
  });
});

test('definitions of two stages with the same names, even of their stacks, are all written', async () => {
  const app = newApp();
  for (const stage of ['Test', 'Prod']) ours(new Stack(new Stage(app, stage), 'Shop', { stackName: 'shop' }));
  const into = mkdtempSync(join(tmpdir(), 'breakwater-definitions-'));
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const { directory } = app.synth();
  await explainCommand().parseAsync(['node', 'explain', directory, '--definitions', into, '--json']);
  const { written } = JSON.parse(String(log.mock.calls.at(-1)?.[0])) as { readonly written: readonly string[] };
  log.mockRestore();
  const machines = written.filter((file) => file.endsWith('shop-ask-price.asl.json'));
  expect(machines.toSorted()).toEqual(
    ['Prod', 'Test'].map((stage) => join(into, stage, 'Shop', 'shop-ask-price.asl.json')),
  );
  for (const file of machines) expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ StartAt: 'quote' });
});

describe('for people', () => {
  const text = explanationText(explanation);

  test('names each part with its price, the sum, the ties and the way out', () => {
    expect(text).toContain('atom reserve-stock@1.0.0  (Shop/Reserve)');
    expect(text).toContain('  at rest    $0.72 a month: alarm metrics $0.20, polling of idle queues $0.52');
    expect(text).toContain('Of yours it uses:\n  Shop/Key (KMS::Key): Breakwater, PlaceOrder, Quote, Reserve');
    expect(text).toContain('How to leave:');
    // A single word may be longer.
    expect(text.split('\n').filter((line) => line.length > 100 && line.trim().includes(' '))).toEqual([]);
  });

  test('says so where there is nothing of ours', () => {
    const app = newApp();
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
    const stack = new Stack(foreignApp(), 'Shop');
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
      'that would have to be asked what it did',
      { ...common, name: 'quote-price', effect: lookup({ quietAfter: minutes(1) }) },
      3,
      'the effect of quote-price@1.0.0 is asked for after a failure (find), and an existing function has only one way to be called',
    ],
    [
      'whose preconditions nobody would check',
      {
        ...common,
        name: 'quote-price',
        effect: pure,
        preconditions: { isOpen: { holds: () => true, otherwise: 'Come tomorrow.' } },
      },
      3,
      'quote-price@1.0.0 has the precondition isOpen, which is code, and the function that stands before yours checks by JSON Schema',
    ],
    [
      'that may run longer than its contract allows',
      { ...common, name: 'quote-price', effect: pure },
      60,
      'the function may run for 1m and needs up to 5s to start, and quote-price@1.0.0 gives it 10s',
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
