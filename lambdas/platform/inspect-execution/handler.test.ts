import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { inspectExecution } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, inspectExecution);
const asked = { executionArn: 'arn', states: ['orderFulfilled', 'receipt'] };
const entered = (...names: readonly string[]) => ({
  events: names.map((name) => ({ type: 'TaskStateEntered', stateEnteredEventDetails: { name } })),
});

test.each([
  ['RUNNING', true],
  ['ABORTED', false],
  ['FAILED', false],
])('an execution that is %s: is it at work again? %s', async (status, running) => {
  atom.aws.answer('DescribeExecution', () => ({ status }));
  expect(await atom.does(asked)).toEqual({ running, reached: false });
});

test('the history of a workflow that tells nobody is not read', async () => {
  expect(await atom.does({ ...asked, states: [] })).toEqual({ running: false, reached: false });
  expect(atom.aws.inputs('GetExecutionHistory')).toEqual([]);
});

test('an execution that has entered one of the states has passed the pivot', async () => {
  atom.aws.answer('GetExecutionHistory', () => entered('price', 'receipt'));
  expect(await atom.does(asked)).toEqual({ running: false, reached: true });
});

test('an execution that has entered none of them, on any page of its history, has not', async () => {
  atom.aws.answer('GetExecutionHistory', (_, call) => ({
    ...entered('price', 'stock'),
    ...(call < 3 ? { nextToken: `page-${call + 1}` } : {}),
  }));
  expect(await atom.does(asked)).toEqual({ running: false, reached: false });
  expect(atom.aws.inputs('GetExecutionHistory').map(({ nextToken }) => nextToken)).toEqual([
    undefined,
    'page-2',
    'page-3',
  ]);
});

test('the history is read from its end, where the pivot would be, and no further than needed', async () => {
  atom.aws.answer('GetExecutionHistory', () => ({ ...entered('receipt'), nextToken: 'page-2' }));
  await atom.does(asked);
  expect(atom.aws.inputs('GetExecutionHistory')).toMatchObject([{ executionArn: 'arn', reverseOrder: true }]);
});
