import { expect, test } from '@jest/globals';
import type { InvocationEnd } from '../functions/invocation.ts';
import type { TaskCall } from '../step-functions/execution.ts';
import type { Account } from './account.ts';
import { performTask } from './tasks.ts';

/** Has a state machine call a function that ends in some way; gives what the machine hears. */
function called(
  invoke: (event: unknown) => InvocationEnd,
  args: object = { FunctionName: 'work', Payload: {} },
): unknown {
  let heard: unknown;
  const world = {
    points: { reach: () => undefined },
    tell: () => undefined,
    isGone: () => false,
    about: (milliseconds: number) => milliseconds,
    after: (_: number, act: () => void) => act(),
    function: () => ({ invoke: (event: unknown, end: (end: InvocationEnd) => void) => end(invoke(event)) }),
  };
  const task = {
    execution: { settings: { name: 'o-1', machineName: 'ship' } },
    state: 'work',
    resource: 'arn:aws:states:::lambda:invoke',
    args,
    succeed: (result: unknown) => {
      heard = result;
    },
    fail: (failure: unknown) => {
      heard = failure;
    },
  };
  performTask(world as unknown as Account, task as unknown as TaskCall);
  return heard;
}

test('a function has its event as a copy: what it changes there, nobody else sees', () => {
  const Payload = { list: [1] };
  called(
    (event) => {
      (event as typeof Payload).list.push(2);
      return { kind: 'returned', value: event };
    },
    { FunctionName: 'work', Payload },
  );
  expect(Payload).toEqual({ list: [1] });
});

test.each<[string, InvocationEnd, unknown]>([
  [
    'what was returned, as JSON',
    { kind: 'returned', value: { at: new Date(0), none: undefined } },
    { ExecutedVersion: '1', StatusCode: 200, Payload: { at: '1970-01-01T00:00:00.000Z' } },
  ],
  [
    'null for nothing',
    { kind: 'returned', value: undefined },
    { ExecutedVersion: '1', StatusCode: 200, Payload: null },
  ],
  [
    'the name of what was thrown',
    { kind: 'threw', error: new RangeError('no') },
    { error: 'RangeError', cause: '{"errorType":"RangeError","errorMessage":"no"}' },
  ],
  ['of a time-out', { kind: 'timed-out' }, { error: 'Sandbox.Timedout', cause: '{"errorMessage":"Task timed out"}' }],
  ['of a crash', { kind: 'crashed' }, { error: 'Runtime.ExitError', cause: '{"errorMessage":"The process exited"}' }],
])('a state machine hears of a function %s', (_, end, heard) => {
  expect(called(() => end)).toEqual(heard);
});
