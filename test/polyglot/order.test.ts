/** A compiled workflow whose atoms are written in two languages: Python prices and keeps the stock, TypeScript charges. */
import { CreateEventSourceMappingCommand, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { compile, type Substitution } from '../../lib/asl/index.ts';
import { type AnyContract, contractId, minutes, stepTimes } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { ended, outcome, start } from '../emulator/executions.ts';
import { arnOf } from '../emulator/queues.ts';
import { ROLE } from '../emulator/under-test.ts';
import { envelope } from '../fakes/delivery.ts';
import { createQueue } from '../fakes/resources.ts';
import { chargeCard, priceOrder, releaseStock, reserveStock } from './contracts.ts';
import { deploymentUnderTest, type Language } from './deployment.ts';

const Order = z.object({ orderId: z.string(), sku: z.string(), quantity: z.int(), unitPrice: z.int() });

const shipOrder = workflow('ship-order', Order, {
  version: '1.0.0',
  deadline: minutes(15),
  slo: { availability: 0.999 },
})
  .step('price', priceOrder, ({ input }) => ({ lines: [{ quantity: input.quantity, unitPrice: input.unitPrice }] }))
  .step('stock', reserveStock, ({ input }) => ({ sku: input.sku, quantity: input.quantity }), { undo: releaseStock })
  .step('payment', chargeCard, ({ input, price }) => ({ orderId: input.orderId, amount: price.total }))
  .returns(({ stock, payment }) => ({ holdId: stock.holdId, chargeId: payment.chargeId }));

const LANGUAGES: Readonly<Record<string, Language>> = { 'charge-card': 'typescript' };
/** Queues and functions start slowly where everything runs on one machine, so times are not cut as short as elsewhere. */
const TIME_SCALE = 0.5;
const SECONDS = 60;

const deployment = deploymentUnderTest('polyglot-order');
jest.setTimeout(120_000);

const functions = new Map<string, string>();
const queues = new Map<string, string>();
let machine = '';

beforeAll(async () => {
  for (const contract of [priceOrder, reserveStock, releaseStock, chargeCard] as AnyContract[]) await deploy(contract);
  queues.set('park-steps', await createQueue('park-steps'));
  const { machine: definition, substitutions } = compile(shipOrder.plan, { timeScale: TIME_SCALE });
  const text = substitutions.reduce(
    (left, each) => left.replaceAll(`\${${each.key}}`, substituted(each)),
    JSON.stringify(definition),
  );
  const created = await deployment.underTest.stepFunctions.send(
    new CreateStateMachineCommand({ name: 'ship-order', roleArn: ROLE, definition: text }),
  );
  machine = created.stateMachineArn ?? '';
}, 120_000);

async function deploy(contract: AnyContract): Promise<void> {
  const { name } = contract;
  const { underTest } = deployment;
  const functionName = await deployment.atom(name, LANGUAGES[name] ?? 'python');
  const configuration = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  functions.set(name, (await underTest.functions.send(configuration)).FunctionArn ?? '');
  const queue = await createQueue(`${name}-v1`);
  queues.set(name, queue);
  if (contract.effect.kind === 'pure') return;
  await underTest.functions.send(
    new CreateEventSourceMappingCommand({
      FunctionName: functionName,
      EventSourceArn: await arnOf(underTest, queue),
      BatchSize: stepTimes(contract, TIME_SCALE).batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
}

function substituted(substitution: Substitution): string {
  switch (substitution.kind) {
    case 'queue':
      return queues.get(substitution.atom.name) ?? '';
    case 'function':
      return functions.get(substitution.atom.name) ?? '';
    case 'bus':
      return 'default';
    case 'undo-version':
      return 'none';
  }
}

let orders = 0;

/** Runs an order of 2 of a product of which there are 5. */
async function run(more: object = {}) {
  orders += 1;
  const sku = `mug-${orders}`;
  const orderId = `o-${orders}`;
  await deployment.stockUp(sku);
  const input = { orderId, sku, quantity: 2, unitPrice: 100, ...more };
  const executionArn = await start(deployment.underTest, machine, input);
  const ending = outcome(await ended(deployment.underTest, executionArn, SECONDS));
  const execution = `ship-order:${executionArn.split(':').at(-1)}`;
  return {
    ending,
    execution,
    sku,
    record: (step: string) => deployment.stage.record({ execution, step }),
    effects: async () => [await deployment.taken(sku), await deployment.charged(orderId)],
  };
}

test('an order runs through atoms in two languages', async () => {
  const { ending, execution, sku, effects, record } = await run();
  expect(ending).toEqual({ status: 'succeeded', value: { holdId: `hold of 2 ${sku}`, chargeId: 'charge of 200' } });
  expect(await effects()).toEqual([2, 1]);

  // Whatever comes late through the queue finds the record.
  const waiting = await deployment.tokens.waiting();
  const wrong = await deployment.tokens.waiting();
  const message = envelope({ contract: contractId(reserveStock), execution, step: 'stock', token: waiting.token });
  for (const each of [
    { ...message, input: { sku, quantity: 2 } },
    { ...message, contract: 'reserve-stock@2.0.0', token: wrong.token },
  ]) {
    const QueueUrl = queues.get('reserve-stock');
    await deployment.underTest.queues.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(each) }));
  }
  expect(await waiting.heard()).toEqual({ output: { holdId: `hold of 2 ${sku}` } });
  expect(await wrong.heard()).toMatchObject({ error: 'Contract' });
  expect(await effects()).toEqual([2, 1]);
  expect(await record('stock')).toMatchObject({ status: 'COMPLETED', attempts: 1, input: { sku, quantity: 2 } });
});

test('a declined card undoes what Python did, and ends the order as declined', async () => {
  const { ending, effects, record } = await run({ unitPrice: 9_000 });
  expect(ending).toEqual({
    status: 'declined',
    failure: { step: 'payment', name: 'CardDeclined', cause: '{"reason":"too much"}' },
  });
  expect(await effects()).toEqual([0, 0]);
  expect(await record('stock~undo')).toMatchObject({ status: 'COMPLETED', contract: 'release-stock@1.0.0' });
});

test('a failure that Python declares ends the order as declined', async () => {
  const { ending, effects, sku } = await run({ quantity: 6 });
  const failure = { step: 'stock', name: 'OutOfStock', cause: expect.any(String) };
  expect(ending).toMatchObject({ status: 'declined', failure });
  expect(JSON.parse((ending as { failure: { cause: string } }).failure.cause)).toEqual({ sku });
  expect(await effects()).toEqual([0, 0]);
});

test('an input that Python refuses is settled, by Python, as not happened, and fails the order', async () => {
  const { ending, effects, record } = await run({ sku: 7 });
  expect(ending).toMatchObject({ status: 'FAILED', error: 'Compensated.Contract' });
  expect(await effects()).toEqual([0, 0]);
  expect(await record('stock')).toMatchObject({ outcome: { fenced: expect.any(String) } });
});
