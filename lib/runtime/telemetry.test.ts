import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { aroundFunction } from '../../test/fakes/atom-function.ts';
import { assessRisk, chargeCard, printLabel, refundCard } from '../../test/fakes/atoms.ts';
import { awsError } from '../../test/fakes/aws.ts';
import { batch, envelope, lambdaContext, record } from '../../test/fakes/delivery.ts';
import { ContractBroken, Transient } from './errors.ts';
import { serve } from './serve.ts';

const { aws, lines } = aroundFunction({}, () => ({ attempts: 3 }));
afterEach(() => {
  jest.useRealTimers();
  delete process.env._X_AMZN_TRACE_ID;
});

const lambda = { ...lambdaContext, functionVersion: '7' };
const asked = (more = {}) =>
  envelope({ contract: 'print-label@2.1.0', token: 'token-1', input: { holdId: 'h' }, ...more });
const throwing = (error: unknown) =>
  serve(printLabel, () => {
    throw error;
  });

test('a line holds what a person on call looks for: whose it is, which attempt, how it came, how long it took', async () => {
  jest.useFakeTimers({ now: 100_000, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const print = serve(printLabel, () => {
    jest.setSystemTime(100_040);
    return { labelId: 'l' };
  });
  aws.answer('SendTaskSuccess', () => {
    jest.setSystemTime(100_050);
  });
  const message = record(asked({ attempt: 2, notAfter: 200_000 }), { receives: 4 });
  Object.assign(message.attributes, {
    SentTimestamp: '98000',
    AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  });
  await print(batch(message), lambda);
  expect(lines()).toHaveLength(1);
  const { coldStart, ...line } = lines()[0] ?? {};
  expect(line).toEqual({
    level: 'INFO',
    atom: 'print-label',
    version: '2.1.0',
    happening: 'done',
    correlationId: 'o-1',
    execution: 'ship-order:o-1',
    step: 'payment',
    verb: 'do',
    attempt: 2,
    attempts: 3,
    heard: true,
    milliseconds: 50,
    handlerMilliseconds: 40,
    messageId: message.messageId,
    receives: 4,
    queuedMilliseconds: 2_000,
    traceId: '1-5759e988-bd862e3fe1be46a994272793',
    requestId: 'request',
    functionVersion: '7',
  });
});

test('the line of a direct call has the trace that Lambda was called in, and no queue', async () => {
  process.env._X_AMZN_TRACE_ID = 'Root=1-2-3;Parent=4;Sampled=1';
  const assess = serve(assessRisk, () => ({ level: 'low' as const, score: 1 }));
  await assess(envelope({ contract: 'assess-risk@1.0.0', input: { total: 7 } }), lambda);
  expect(lines()).toMatchObject([{ happening: 'done', traceId: '1-2-3', requestId: 'request' }]);
  for (const field of ['messageId', 'receives', 'queuedMilliseconds', 'heard']) {
    expect(lines()[0]).not.toHaveProperty(field);
  }
});

test('the line of a message that does not say when it was sent has no time in the queue', async () => {
  await serve(printLabel, () => ({ labelId: 'l' }))(batch(record(asked())), lambda);
  expect(lines()).toMatchObject([{ happening: 'done', receives: 1 }]);
  expect(lines()[0]).not.toHaveProperty('queuedMilliseconds');
});

describe('a line of what failed', () => {
  test('has the error, what was answered, and whether anybody heard', async () => {
    await throwing(new Transient('busy'))(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([
      {
        level: 'WARN',
        happening: 'failed',
        answer: 'Transient',
        heard: true,
        error: { name: 'Transient', message: 'busy' },
      },
    ]);
  });

  test('has no causes where there are none', async () => {
    await throwing(new Transient('busy'))(batch(record(asked())), lambda);
    expect(lines()[0]?.error).toEqual({ name: 'Transient', message: 'busy' });
  });

  test('is written though its trace has no root', async () => {
    process.env._X_AMZN_TRACE_ID = 'Sampled=0';
    await throwing(new Transient('busy'))(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([{ happening: 'failed' }]);
    expect(lines()[0]).not.toHaveProperty('traceId');
  });

  test('is written though nobody can be told', async () => {
    aws.answer('SendTaskFailure', () => {
      throw awsError('ThrottlingException');
    });
    await throwing(new Transient('busy'))(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([{ happening: 'failed', answer: 'Transient', error: { message: 'busy' } }]);
    expect(lines()[0]).not.toHaveProperty('heard');
  });

  test.each([
    ['what nothing tries again is an error, for a person', new ContractBroken('never'), 'ERROR'],
    ['what will be tried again is a warning', new TypeError('x is undefined'), 'WARN'],
  ])('%s', async (_, error, level) => {
    await throwing(error)(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([{ level, happening: 'failed' }]);
  });

  test('has the facts in the error’s fields and where it came from, and no objects, tokens or stacks', async () => {
    const throttled = Object.assign(awsError('ThrottlingException', 'Slow down.'), {
      $metadata: { requestId: 'r-1', httpStatusCode: 400 },
      $fault: 'client',
      Item: { email: { S: 'ann@example.com' } },
    });
    const error = Object.assign(new Transient('busy', { cause: throttled }), {
      dependency: 'carrier',
      status: 503,
      taskToken: 'token-1',
      long: 'x'.repeat(201),
      text: 'x'.repeat(200),
    });
    await throwing(error)(batch(record(asked())), lambda);
    expect(lines()[0]?.error).toEqual({
      name: 'Transient',
      message: 'busy',
      dependency: 'carrier',
      status: 503,
      text: 'x'.repeat(200),
      causes: [
        { name: 'ThrottlingException', message: 'Slow down.', $fault: 'client', awsRequestId: 'r-1', status: 400 },
      ],
    });
  });

  test('looks three causes back at most, so that it ends where they go in a circle', async () => {
    const first = new Error('1');
    first.cause = new Error('2', { cause: first });
    await throwing(first)(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([{ error: { message: '1', causes: [{ message: '2' }, { message: '2' }] } }]);
  });

  test('tells what is thrown that is no error', async () => {
    const assess = serve(assessRisk, () => {
      throw 'no error';
    });
    const call = envelope({ contract: 'assess-risk@1.0.0', input: { total: 7 } });
    await expect(assess(call, lambda)).rejects.toThrow('no error');
    expect(lines()).toMatchObject([{ error: { name: 'Error', message: 'no error' }, answer: 'Transient' }]);
  });

  test('says how long its handler was at work when the time was over', async () => {
    jest.useFakeTimers({ now: 100_000, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const endless = serve(printLabel, () => new Promise<never>(() => undefined));
    const delivered = endless(batch(record(asked({ notAfter: 200_000 }))), lambda);
    await jest.advanceTimersByTimeAsync(10_000);
    await delivered;
    expect(lines()).toMatchObject([{ happening: 'failed', handlerMilliseconds: 10_000, milliseconds: 10_000 }]);
  });
});

test('what was declined is no error: the line names the declared failure', async () => {
  const charge = serve(chargeCard, (_, { fail }) => fail('CardDeclined', { reason: 'empty' }));
  await charge(
    batch(record(envelope({ contract: 'charge-card@1.0.0', token: 't', input: { orderId: 'o', amount: 1 } }))),
    lambda,
  );
  expect(lines()).toMatchObject([{ level: 'INFO', happening: 'declined', answer: 'Declared.CardDeclined' }]);
  expect(lines()[0]).not.toHaveProperty('_aws');
});

test('a replay says so: its handler did not run', async () => {
  aws.answer('UpdateItem', () => {
    throw Object.assign(awsError('ConditionalCheckFailedException'), {});
  });
  aws.answer('GetItem', () => ({
    Item: marshall({ status: 'COMPLETED', outcome: { value: { labelId: 'l' } }, input: { holdId: 'h' }, attempts: 1 }),
  }));
  await throwing(new Error('must not run'))(batch(record(asked({ notStartedAfter: 1 }))), lambda);
  expect(lines()).toMatchObject([{ happening: 'replayed', heard: true }]);
  expect(lines()[0]).not.toHaveProperty('handlerMilliseconds');
  expect(lines()[0]).not.toHaveProperty('attempts');
});

describe('a metric', () => {
  test.each([
    ['expired', { notAfter: 1 }, 'Expired'],
    ['stale', { notStartedAfter: 1 }, 'Stale'],
    ['failed', {}, 'Failed'],
    ['malformed', { verb: 'redo' }, 'Malformed'],
  ])('counts what is %s, by atom', async (happening, wrong, metric) => {
    await throwing(new Transient('busy'))(batch(record(asked(wrong))), lambda);
    expect(lines()).toMatchObject([
      {
        happening,
        [metric]: 1,
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            { Namespace: 'Breakwater', Dimensions: [['atom']], Metrics: [{ Name: metric, Unit: 'Count' }] },
          ],
        },
      },
    ]);
  });

  test('is not paid for by what goes well', async () => {
    await serve(printLabel, () => ({ labelId: 'l' }))(batch(record(asked())), lambda);
    expect(lines()).toMatchObject([{ happening: 'done' }]);
    expect(lines()[0]).not.toHaveProperty('_aws');
  });
});

describe('a cold start', () => {
  const firstLines = async (type: string | undefined) => {
    if (type) process.env.AWS_LAMBDA_INITIALIZATION_TYPE = type;
    await jest.isolateModulesAsync(async () => {
      const { serve } = await import('./serve.ts');
      const assess = serve(assessRisk, () => ({ level: 'low' as const, score: 1 }));
      const call = envelope({ contract: 'assess-risk@1.0.0', input: { total: 7 } });
      await assess(call, lambda);
      await assess(call, lambda);
    });
    delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
    return lines();
  };

  test('is told once, with the milliseconds until the atom’s code was loaded', async () => {
    const [first, second] = await firstLines('on-demand');
    expect(first).toMatchObject({ coldStart: true, initMilliseconds: expect.any(Number) });
    expect(second).not.toHaveProperty('coldStart');
    expect(second).not.toHaveProperty('initMilliseconds');
  });

  test('outside Lambda has no such time: nothing in a line depends on the machine’s speed', async () => {
    const [first] = await firstLines(undefined);
    expect(first).toMatchObject({ coldStart: true });
    expect(first).not.toHaveProperty('initMilliseconds');
  });
});

test('the attempt that a line of an undo names is the undo’s own', async () => {
  aws.answer('GetItem', () => ({
    Item: marshall({
      status: 'COMPLETED',
      input: { orderId: 'o', amount: 1 },
      outcome: { value: { chargeId: 'c', amount: 1 } },
    }),
  }));
  const refund = serve(refundCard, () => ({ refundId: 'r' }));
  await refund(batch(record(envelope({ contract: 'refund-card@1.0.0', verb: 'undo', token: 't' }))), lambda);
  expect(lines()).toMatchObject([{ happening: 'done', verb: 'undo', attempts: 3 }]);
});
