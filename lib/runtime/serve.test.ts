import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { aroundFunction } from '../../test/fakes/atom-function.ts';
import { assessRisk, chargeCard, mailReceipt, printLabel, refundCard } from '../../test/fakes/atoms.ts';
import { awsError } from '../../test/fakes/aws.ts';
import { batch, envelope, lambdaContext, record } from '../../test/fakes/delivery.ts';
import { Transient } from './errors.ts';
import { serve } from './serve.ts';

const { aws, lines } = aroundFunction();

const happenings = () => lines().map(({ happening }) => happening);
const reasons = () => aws.inputs('SendMessage').map(({ MessageAttributes }) => MessageAttributes.reason.StringValue);

describe('a direct call', () => {
  const assess = serve(assessRisk, ({ total }) => ({ level: 'low' as const, score: total }));
  const asked = (more = {}) => envelope({ contract: 'assess-risk@1.0.0', input: { total: 7 }, ...more });

  test('of a pure atom gives its output', async () => {
    expect(await assess(asked(), lambdaContext)).toEqual({ level: 'low', score: 7 });
    expect(aws.calls()).toEqual([]);
    expect(happenings()).toEqual(['done']);
  });

  test('by a workflow that knows an older or a newer minor version is served', async () => {
    expect(await assess(asked({ contract: 'assess-risk@1.9.3' }), lambdaContext)).toEqual({ level: 'low', score: 7 });
  });

  test.each([
    [
      'for another major version',
      { contract: 'assess-risk@2.0.0' },
      'The message is for assess-risk@2.0.0, and this is assess-risk@1.0.0. Producer and consumer were deployed from different contracts. Producer: ship-order:o-1/payment, compiled against assess-risk@2.0.0. Consumer: assess-risk@1.0.0.',
    ],
    [
      'for another atom',
      { contract: 'print-label@1.0.0' },
      'The message is for print-label@1.0.0, and this is assess-risk@1.0.0. Producer and consumer were deployed from different contracts. Producer: ship-order:o-1/payment, compiled against print-label@1.0.0. Consumer: assess-risk@1.0.0.',
    ],
    [
      'with wrong input',
      { input: { total: 'x' } },
      'The input of assess-risk@1.0.0 breaks its contract. total: Invalid input: expected number, received string (received "x"). Producer: ship-order:o-1/payment, compiled against assess-risk@1.0.0. Consumer: assess-risk@1.0.0.',
    ],
    ['that is malformed', { verb: 'redo' }, 'verb is "redo"; it is one of do, undo, settle.'],
    ['to undo what has no effect', { verb: 'undo' }, expect.any(String)],
    [
      'to settle what has no effect',
      { verb: 'settle' },
      expect.stringContaining('which is settled by a direct call only, and only if it has an effect.'),
    ],
    [
      'that names no version',
      { contract: 'assess-risk' },
      expect.stringContaining('The message is for assess-risk, and this is assess-risk@1.0.0.'),
    ],
  ])('%s fails with an error name that nobody retries', async (_, wrong, message) => {
    const call = assess(asked(wrong), lambdaContext);
    await expect(call).rejects.toMatchObject({ name: 'Contract', message });
  });

  test.each([
    ['an error of its own', new RangeError('no'), 'Transient'],
    ['a Transient', new Transient('busy'), 'Transient'],
  ])('whose handler throws %s fails with a name of the closed set', async (_, thrown, name) => {
    const failing = serve(assessRisk, () => {
      throw thrown;
    });
    await expect(failing(asked(), lambdaContext)).rejects.toMatchObject({ name, message: thrown.message });
  });

  test.each([
    [
      'be answered',
      210_000,
      /^\{"message":"The answer has \d+ bytes; at most 204800 can be answered\."\}\. Producer: /,
    ],
    ['be recorded', 300_000, /^The output of assess-risk@1\.0\.0 has \d+ bytes; at most 235520 can be recorded\. /],
  ])('whose output is too large to %s is a broken contract', async (_, length, message) => {
    const wordy = serve(assessRisk, () => ({ level: 'low' as const, score: 1, hint: 'x'.repeat(length) }));
    await expect(wordy(asked(), lambdaContext)).rejects.toMatchObject({
      name: 'Contract',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['null', null],
    ['a text', 'Records'],
    ['an object whose Records are no list', { Records: 'none' }],
    ['nothing', undefined],
  ])('with %s is refused as no envelope, and the log says so', async (_, event) => {
    await expect(assess(event, lambdaContext)).rejects.toMatchObject({
      name: 'Contract',
      cause: { name: 'MalformedEnvelope' },
    });
    expect(lines()).toMatchObject([
      { level: 'ERROR', happening: 'failed', answer: 'Contract', error: { name: 'MalformedEnvelope' } },
    ]);
  });

  test('of an atom with an effect is refused: it is reached through its queue', async () => {
    const handler = jest.fn(() => ({ chargeId: 'c', amount: 7 }));
    const charge = serve(chargeCard, handler);
    const call = charge(envelope({ contract: 'charge-card@1.0.0', input: { orderId: 'o', amount: 7 } }), lambdaContext);
    await expect(call).rejects.toMatchObject({
      name: 'Contract',
      message:
        'A message with the verb do came to charge-card@1.0.0, which has an effect: it is reached through its queue, not called directly. Producer: ship-order:o-1/payment, compiled against charge-card@1.0.0. Consumer: charge-card@1.0.0.',
    });
    expect(handler.mock.calls.length).toBe(0);
  });
});

describe('a message', () => {
  const handler = jest.fn(({ holdId }: { holdId: string }) => ({ labelId: `label of ${holdId}` }));
  const print = serve(printLabel, handler);
  const asked = (more = {}) =>
    envelope({ contract: 'print-label@2.1.0', token: 'token-1', input: { holdId: 'h' }, ...more });

  beforeEach(() => {
    handler.mockClear();
  });

  test('is performed, and its token answered', async () => {
    expect(await print(batch(record(asked())), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(aws.inputs('SendTaskSuccess')).toEqual([{ taskToken: 'token-1', output: '{"labelId":"label of h"}' }]);
    expect(lines()).toMatchObject([
      { happening: 'done', heard: true, correlationId: 'o-1', step: 'payment', verb: 'do' },
    ]);
  });

  test('whose token nobody waits for any more is acknowledged, and the log says so', async () => {
    aws.answer('SendTaskSuccess', () => {
      throw awsError('TaskTimedOut');
    });
    expect(await print(batch(record(asked())), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(lines()).toMatchObject([{ happening: 'done', heard: false }]);
  });

  test('that comes after all is over is acknowledged, counted and not performed', async () => {
    expect(await print(batch(record(asked({ notAfter: Date.now() - 1 }))), lambdaContext)).toEqual({
      batchItemFailures: [],
    });
    expect(handler.mock.calls.length).toBe(0);
    expect(aws.calls()).toEqual([]);
    expect(lines()).toMatchObject([{ happening: 'expired', Expired: 1 }]);
  });

  test('that is malformed is dead-lettered with the reason, and its token failed', async () => {
    const message = { ...asked(), verb: 'redo' };
    expect(await print(batch(record(message)), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(reasons()).toEqual(['verb is "redo"; it is one of do, undo, settle.']);
    expect(aws.inputs('SendTaskFailure')).toEqual([
      {
        taskToken: 'token-1',
        error: 'Contract',
        cause: '{"message":"verb is \\"redo\\"; it is one of do, undo, settle."}',
      },
    ]);
    expect(lines()).toMatchObject([
      {
        level: 'ERROR',
        happening: 'malformed',
        Malformed: 1,
        error: { name: 'MalformedEnvelope', message: 'verb is "redo"; it is one of do, undo, settle.' },
      },
    ]);
  });

  test('that is no JSON is dead-lettered, though there is no token to fail', async () => {
    expect(await print(batch(record('no json')), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(reasons()).toEqual([expect.stringMatching(/^The message is no JSON: /)]);
    expect(aws.inputs('SendTaskFailure')).toEqual([]);
  });

  test('that can neither be read nor dead-lettered is delivered again', async () => {
    aws.answer('SendMessage', () => {
      throw awsError('ServiceUnavailable');
    });
    const message = record('no json');
    expect(await print(batch(message), lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: message.messageId }],
    });
  });

  test.each([
    ['another major version', { contract: 'print-label@1.0.0' }],
    ['another atom', { contract: 'mail-receipt@2.1.0' }],
    ['an input that breaks the contract', { input: {} }],
  ])('with %s is answered Contract and not performed', async (_, wrong) => {
    expect(await print(batch(record(asked(wrong))), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ taskToken: 'token-1', error: 'Contract' }]);
    expect(handler.mock.calls.length).toBe(0);
  });

  test.each([
    ['to settle, which is asked directly', { verb: 'settle' }],
    ['to undo, sent to an atom that undoes nothing', { verb: 'undo' }],
  ])('%s performs nothing and is answered Contract', async (_, wrong) => {
    aws.answer('GetItem', () => ({ Item: marshall({ status: 'COMPLETED', outcome: { value: {} }, input: {} }) }));
    await print(batch(record(asked(wrong))), lambdaContext);
    expect(handler.mock.calls.length).toBe(0);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ error: 'Contract' }]);
  });

  test('to do, sent to a compensation, performs nothing and is answered Contract', async () => {
    const refund = jest.fn(() => ({ refundId: 'r' }));
    const input = { input: { orderId: 'o', amount: 1 }, output: { chargeId: 'c', amount: 1 } };
    const message = envelope({ contract: 'refund-card@1.0.0', token: 'token-1', input });
    await serve(refundCard, refund)(batch(record(message)), lambdaContext);
    expect(refund.mock.calls.length).toBe(0);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ error: 'Contract' }]);
  });

  test('that fails leaves its neighbours alone', async () => {
    const messages = ['h-1', 'h-2', 'h-3'].map((holdId) =>
      record(asked({ step: holdId, token: holdId, input: { holdId } })),
    );
    aws.answer('SendTaskSuccess', ({ taskToken }) => {
      if (taskToken === 'h-2') throw awsError('ThrottlingException');
    });
    aws.answer('SendTaskFailure', () => {
      throw awsError('ThrottlingException');
    });
    expect(await print(batch(...messages), lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: messages[1]?.messageId }],
    });
    expect(aws.inputs('SendTaskSuccess').map(({ taskToken }) => taskToken)).toEqual(['h-1', 'h-2', 'h-3']);
  });

  test('that is performed but cannot be answered now comes again for its answer: the step has not failed', async () => {
    aws.answer('SendTaskSuccess', () => {
      throw awsError('ThrottlingException');
    });
    const message = record(asked());
    expect(await print(batch(message), lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: message.messageId }],
    });
    expect(aws.inputs('SendTaskFailure')).toEqual([]);
    expect(aws.inputs('ChangeMessageVisibility')).toHaveLength(1);
    expect(lines()).toMatchObject([
      {
        level: 'WARN',
        happening: 'unanswered',
        error: { name: 'ThrottlingException', message: 'ThrottlingException' },
      },
    ]);
  });

  test('does nothing where the idempotency that guards it has been switched off', async () => {
    process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = 'true';
    try {
      await print(batch(record(asked())), lambdaContext);
    } finally {
      delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
    }
    expect(handler.mock.calls.length).toBe(0);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ error: 'Transient' }]);
  });

  test('of a batch that fails as a whole is reported, never thrown', async () => {
    aws.answer('UpdateItem', () => {
      throw awsError('ProvisionedThroughputExceededException');
    });
    aws.answer('SendTaskFailure', () => {
      throw awsError('ThrottlingException');
    });
    const messages = [record(asked()), record(asked())];
    expect(await print(batch(...messages), lambdaContext)).toEqual({
      batchItemFailures: messages.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
  });
});

describe('a message that nobody waits for', () => {
  const asked = (more = {}) => envelope({ contract: 'mail-receipt@1.0.0', input: { orderId: 'o' }, ...more });
  const failing = (error: Error) =>
    serve(mailReceipt, () => {
      throw error;
    });

  test('is performed, and nobody is answered', async () => {
    const mail = serve(mailReceipt, () => ({ messageId: 'm' }));
    expect(await mail(batch(record(asked())), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(aws.calls().map(({ name }) => name)).toEqual(['UpdateItem', 'UpdateItem']);
    expect(happenings()).toEqual(['done']);
  });

  test('is delivered again when it fails, later each time', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const message = record(asked(), { receives: 3 });
    expect(await failing(new Transient('busy'))(batch(message), lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: message.messageId }],
    });
    expect(aws.inputs('ChangeMessageVisibility')).toMatchObject([{ VisibilityTimeout: 180 }]); // the third time: 20 s × 3 × 3;
  });

  test('and that will fail every time is dead-lettered at once, with the reason', async () => {
    const mail = serve(mailReceipt, () => ({ messageId: 'm' }));
    expect(await mail(batch(record(asked({ input: {} }))), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(reasons()).toEqual([
      'The input of mail-receipt@1.0.0 breaks its contract. orderId: Invalid input: expected string, received undefined (received nothing). Producer: ship-order:o-1/payment, compiled against mail-receipt@1.0.0. Consumer: mail-receipt@1.0.0.',
    ]);
  });
});
