import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, type IFunction, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { Atom, Platform, Workflow } from '../../lib/constructs/index.ts';
import { contract, dependency, minutes, pure, seconds, table } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { resource, resourcesOf } from './resources.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-platform-'));
writeFileSync(join(folder, 'index.mjs'), 'export const handler = () => undefined;\n');
for (const name of ['one', 'two'])
  writeFileSync(join(folder, `${name}.ts`), `export const handler = () => '${name}';\n`);
const code = () => Code.fromAsset(folder);

const Order = z.object({ sku: z.string() });
const pureAtom = (name: string, more: object = {}) =>
  contract({ name, version: '1.0.0', summary: name, input: Order, output: Order, effect: pure, ...more });
const greeting = (name: string, atom = pureAtom('greet')) =>
  workflow(name, Order, { version: '1.0.0', deadline: minutes(1), slo: { availability: 0.99 } })
    .step('greeted', atom, ({ input }) => ({ sku: input.sku }))
    .returns(({ greeted }) => greeted.sku);

/** What a function's code is in the assembly. */
const assetOf = (template: Template, function_: string): string =>
  JSON.stringify(resource(template, 'AWS::Lambda::Function', function_).Properties.Code);

describe('code that is bundled when the app is synthesised', () => {
  test('is each entry’s own, though they lie in one folder', () => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code });
    for (const name of ['one', 'two'])
      new Atom(stack, name, { platform, contract: pureAtom(name), entry: join(folder, `${name}.ts`) });
    const template = Template.fromStack(stack);
    expect(assetOf(template, 'one')).not.toBe(assetOf(template, 'two'));
  });

  test('has each existing function’s own contract', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'breakwater-assembly-')) });
    const stack = new Stack(app, 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code });
    const existing = LambdaFunction.fromFunctionArn(
      stack,
      'Existing',
      'arn:aws:lambda:eu-west-1:111122223333:function:x',
    );
    for (const name of ['one', 'two'])
      Atom.fromFunction(stack, name, { platform, contract: pureAtom(name), function: existing });
    const { directory } = app.synth();
    const names = readdirSync(directory)
      .map((asset) => join(directory, asset, 'contract.json'))
      .filter((file) => existsSync(file))
      .map((file) => JSON.parse(readFileSync(file, 'utf8')).name);
    expect(names.sort()).toEqual(['one', 'two']);
  });
});

describe('workflows of other stacks', () => {
  test('use a platform of this one, and neither stack holds the other in a circle', () => {
    const app = new App();
    const platform = new Platform(new Stack(app, 'Shared'), 'Breakwater', { code });
    const stack = new Stack(app, 'Shop');
    const atom = new Atom(stack, 'Greet', { platform, contract: pureAtom('greet'), code: code() });
    new Workflow(stack, 'Greeting', { platform, workflow: greeting('greeting'), atoms: [atom] });
    expect(() => app.synth()).not.toThrow();
  });

  test('however many, add nothing to the policies of the queues that their rules tell', () => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code, encryptionKey: new Key(stack, 'Key') });
    const atom = new Atom(stack, 'Greet', { platform, contract: pureAtom('greet'), code: code() });
    for (let number = 1; number <= 15; number += 1)
      new Workflow(stack, `Greeting${number}`, { platform, workflow: greeting(`greeting-${number}`), atoms: [atom] });
    const template = Template.fromStack(stack);
    for (const queue of ['BreakwaterStartUndoWorkerWorkQueue', 'BreakwaterKeepResultWorkerWorkQueue']) {
      const { id } = resource(template, 'AWS::SQS::Queue', queue);
      const [policy] = resourcesOf(template, 'AWS::SQS::QueuePolicy').filter(
        ({ Properties }) => Properties.Queues[0].Ref === id,
      );
      expect(policy?.Properties.PolicyDocument.Statement).toHaveLength(2); // TLS, and the account's rules
    }
    const { KeyPolicy } = resource(template, 'AWS::KMS::Key').Properties;
    const events = KeyPolicy.Statement.filter((each: object) => JSON.stringify(each).includes('events.amazonaws.com'));
    expect(events.length).toBeGreaterThan(0);
    for (const { Condition } of events) expect(Condition?.StringEquals).toHaveProperty('aws:SourceAccount');
  });
});

describe('a prefix', () => {
  const shop = () => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code, prefix: 'shop-' });
    return { stack, platform };
  };

  test('stands before every physical name, and the keeper of ends knows it', () => {
    const { stack, platform } = shop();
    const atom = new Atom(stack, 'Greet', { platform, contract: pureAtom('greet'), code: code() });
    new Workflow(stack, 'Greeting', { platform, workflow: greeting('greeting'), atoms: [atom] });
    const template = Template.fromStack(stack);
    const names = resourcesOf(template).flatMap(({ Properties = {} }) =>
      ['FunctionName', 'QueueName', 'StateMachineName', 'AlarmName', 'TopicName'].flatMap(
        (key) => Properties[key] ?? [],
      ),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => typeof name === 'string' && !name.startsWith('shop-'))).toEqual([]);
    expect(resource(template, 'AWS::SSM::Parameter').Properties.Name).toBe('/breakwater/workflows/shop-greeting');
    const { Variables } = resource(template, 'AWS::Lambda::Function', 'BreakwaterKeepResult').Properties.Environment;
    expect(Variables.NAME_PREFIX).toBe('shop-');
  });

  test.each(['Shop-', 'shop', 'shop / ', 'a-very-long-prefix-'])('"%s" is refused', (prefix) => {
    expect(() => new Platform(new Stack(new App(), 'Shop'), 'Breakwater', { prefix })).toThrow(
      `The prefix is "${prefix}"; allowed are lower-case letters and digits with a hyphen at the end`,
    );
  });

  test('of another platform is refused for an atom, which could not answer', () => {
    const { stack, platform } = shop();
    const atom = Atom.fromContract(stack, 'Greet', pureAtom('greet'));
    expect(() => new Workflow(stack, 'Greeting', { platform, workflow: greeting('greeting'), atoms: [atom] })).toThrow(
      'greet@1.0.0 belongs to a platform with the prefix "", and the workflow to one with "shop-".',
    );
  });
});

test('an imported key is warned of: its policy cannot be changed here', () => {
  const stack = new Stack(new App(), 'Shop');
  const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1');
  new Platform(stack, 'Breakwater', { encryptionKey });
  Annotations.fromStack(stack).hasWarning(
    '/Shop/Breakwater',
    Match.stringLikeRegexp('has to let events.amazonaws.com'),
  );
});

/** Taken by JavaScript without the flag u, and refused with it. */
const ESCAPED = String.raw`^[a-z\_]+$`;

describe('an existing function', () => {
  const adopting = (more: object, timeout = Duration.seconds(3)) => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new Platform(stack, 'Breakwater', { code });
    const existing = new LambdaFunction(stack, 'Existing', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: code(),
      timeout,
    });
    const atom = () =>
      Atom.fromFunction(stack, 'Greet', {
        platform,
        contract: pureAtom('greet', more),
        function: existing.currentVersion as IFunction,
      });
    return { stack, atom };
  };

  test('has what its contract says that it touches by itself', () => {
    const { stack, atom } = adopting({
      dependency: dependency('bank'),
      uses: [table('claims', { partitionKey: 'id' }).allow('GetItem')],
    });
    atom();
    const { Variables } = resource(Template.fromStack(stack), 'AWS::Lambda::Function', 'Greet').Properties.Environment;
    expect(Object.keys(Variables).sort()).toEqual(['FUNCTION_ARN', 'NODE_OPTIONS']);
  });

  test.each([
    [
      'whose version may run too long',
      {},
      Duration.minutes(10),
      'the function may run for 10m and needs up to 5s to start',
    ],
    [
      'that has just as long as its contract, and no time to start',
      { timeout: seconds(10) },
      Duration.seconds(10),
      'seconds(15)',
    ],
    [
      'whose pattern JSON Schema cannot read',
      { input: z.object({ sku: z.string().regex(new RegExp(ESCAPED)) }) },
      Duration.seconds(3),
      `has the pattern ${ESCAPED}`,
    ],
  ])('%s is refused', (_, more, timeout, message) => {
    expect(adopting(more, timeout).atom).toThrow(message);
  });
});
