import { LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import {
  type AnyContract,
  check,
  compensation,
  contract,
  days,
  jsonSchemaOf,
  keyed,
  pure,
} from '../../../lib/contract/index.ts';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { awsError } from '../../../test/fakes/aws.ts';
import { standBefore } from './handler.ts';
import { readContract } from './json-contract.ts';

const Order = z.object({ sku: z.string(), quantity: z.int().min(1) });
const charge = contract({
  name: 'charge-card',
  version: '1.2.0',
  summary: 'Charges a card.',
  input: Order,
  output: z.object({ chargeId: z.string() }),
  failures: { CardDeclined: z.object({ reason: z.string() }), Closed: z.object({ message: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
});
const quote = contract({
  name: 'quote-price',
  version: '1.0.0',
  summary: 'Quotes a price.',
  input: Order,
  output: charge.output,
  effect: pure,
});

/** As the construct writes it beside the handler. */
const written = (of: Pick<AnyContract, 'name' | 'input' | 'output' | 'failures' | 'undoes'>) =>
  JSON.parse(JSON.stringify({ ...of, schemas: jsonSchemaOf(of) }));
const environment = { FUNCTION_ARN: 'arn:of:theirs:live' };
const queued = atomUnderTest(standBefore(written(charge)), charge, environment);
const order = { sku: 'mug', quantity: 2 };

interface Invoked {
  readonly FunctionName: string;
  readonly Payload: string;
  readonly ClientContext: string;
}
let invoked: Invoked[] = [];
let answer: () => { Payload?: unknown; FunctionError?: string };

beforeEach(() => {
  invoked = [];
  answer = () => ({ Payload: { chargeId: 'ch-1' } });
  jest.spyOn(LambdaClient.prototype, 'send').mockImplementation(async (command) => {
    invoked.push(command.input as unknown as Invoked);
    const { Payload, ...rest } = answer();
    return { ...rest, Payload: { transformToString: () => JSON.stringify(Payload) } };
  });
});

test('the function gets the step’s input as its event, and its identity in the client context', async () => {
  expect(await queued.does(order)).toEqual({ chargeId: 'ch-1' });
  expect(invoked.map(({ FunctionName, Payload }) => [FunctionName, JSON.parse(Payload)])).toEqual([
    ['arn:of:theirs:live', order],
  ]);
  expect(JSON.parse(Buffer.from(invoked[0]?.ClientContext ?? '', 'base64').toString())).toEqual({
    custom: {
      idempotencyKey: providerKey({ execution: 'fulfil-order:o-1', step: 'step' }),
      execution: 'fulfil-order:o-1',
      correlationId: expect.any(String),
      attempt: 1,
    },
  });
});

describe('a pure one', () => {
  const direct = atomUnderTest(standBefore(written(quote)), quote, environment);

  test('is called directly', async () => {
    expect(await direct.does(order)).toEqual({ chargeId: 'ch-1' });
  });
});

test('a compensation takes what was recorded, though a newer schema of the step would refuse it', async () => {
  const refund = compensation(charge, {
    name: 'refund-card',
    version: '1.0.0',
    summary: 'Refunds a charge.',
    output: z.object({ refundId: z.string() }),
    effect: keyed({ keyLifetime: days(1) }),
  });
  const recorded = { input: { sku: 'mug', quantity: 0 }, output: { chargeId: 'ch-1' } };
  expect(await check(readContract(written(refund)).input, recorded)).toEqual({ valid: true, value: recorded });
});

describe('the contract is held by its JSON Schema', () => {
  test('an input that breaks it never reaches the function, and the answer names the place', async () => {
    expect(await queued.does({ sku: 'mug', quantity: 0 })).toMatchObject({
      error: 'Contract',
      cause: { message: expect.stringContaining('quantity') },
    });
    expect(invoked).toEqual([]);
  });

  test('an output that breaks it does not leave', async () => {
    answer = () => ({ Payload: { id: 'ch-1' } });
    expect(await queued.does(order)).toMatchObject({
      error: 'Contract',
      cause: { message: expect.stringContaining('chargeId') },
    });
  });
});

describe('an error that the function throws', () => {
  const thrown = (errorType: string, errorMessage: string) => () => ({
    FunctionError: 'Unhandled',
    Payload: { errorType, errorMessage, trace: [] },
  });

  test('under the name of a declared failure is that failure, its message the payload', async () => {
    answer = thrown('CardDeclined', '{"reason":"no money"}');
    expect(await queued.does(order)).toEqual({ error: 'Declared.CardDeclined', cause: { reason: 'no money' } });
  });

  test('in words becomes a payload with a message', async () => {
    answer = thrown('Closed', 'until Monday');
    expect(await queued.does(order)).toEqual({ error: 'Declared.Closed', cause: { message: 'until Monday' } });
  });

  test('whose payload is not the declared one breaks the contract', async () => {
    answer = thrown('CardDeclined', 'no money');
    expect(await queued.does(order)).toMatchObject({ error: 'Contract' });
  });

  test.each([
    ['of any other name', 'TypeError', 'x is undefined'],
    ['because it ran out of time', 'Sandbox.Timedout', 'Task timed out after 3.00 seconds'],
    ['under a name that every object has', 'constructor', 'x'],
  ])('%s is tried again', async (_, errorType, message) => {
    answer = thrown(errorType, message);
    expect(await queued.does(order)).toMatchObject({
      error: 'Transient',
      cause: { message: `arn:of:theirs:live failed: ${errorType}: ${message}` },
    });
  });
});

test('a call that Lambda refused was no attempt: it is taken back', async () => {
  answer = () => {
    throw awsError('TooManyRequestsException', 'Rate exceeded');
  };
  expect(await queued.does(order)).toEqual({ error: 'Transient', cause: { message: 'Rate exceeded' } });
  expect(lastUpdate()).toContain('attempts = :less');
});

test('a call without an answer may have been one', async () => {
  answer = () => {
    throw awsError('TimeoutError', 'socket hang up');
  };
  expect(await queued.does(order)).toMatchObject({ error: 'Transient' });
  expect(lastUpdate()).toContain('lease = :zero');
  expect(lastUpdate()).not.toContain('attempts');
});

/** What became of the record of the attempt. */
const lastUpdate = (): string => queued.aws.inputs('UpdateItem').at(-1).UpdateExpression;
