import { describe, expect, test } from '@jest/globals';
import { walk } from '../../test/fakes/walk.ts';
import { straight } from '../../test/fakes/workflows.ts';
import { compile } from './index.ts';

describe('the undo machine', () => {
  const { undoMachine } = compile(straight.plan);
  const input = { execution: 'o-1', executionArn: 'arn:of:o-1', status: 'ABORTED' };
  const chain = 'settle-label settle-payment undo-payment settle-stock undo-stock how-it-ended';

  test('waits until nothing queued can start any more, looks for the pivot, then settles and undoes every step', async () => {
    const tasks = { 'find-pivot': { Payload: { reached: false } } };
    const { states, end } = await walk(undoMachine, { input, tasks });
    expect(states.join(' ')).toBe(`wait-out find-pivot past-pivot ${chain} end-undone`);
    expect(end).toEqual({ output: { status: 'undone' } });
  });

  test('works on the records of the execution that ended, not on its own', async () => {
    const tasks = { 'find-pivot': { Payload: { reached: false } } };
    const { asked } = await walk(undoMachine, { input, tasks });
    expect(asked['settle-payment']).toMatchObject({
      Payload: { verb: 'settle', execution: 'ship-order:o-1', step: 'payment', correlationId: 'o-1' },
    });
    expect(asked['undo-payment']).toMatchObject({
      MessageBody: { verb: 'undo', execution: 'ship-order:o-1', step: 'payment', contract: 'refund-card@1.0.0' },
    });
    expect(asked['find-pivot']).toMatchObject({
      Payload: { input: { executionArn: 'arn:of:o-1', states: ['orderShipped', 'receipt'] } },
    });
  });

  test.each([
    ['past the pivot', { Payload: { reached: true } }],
    ['when the pivot cannot be looked for', { error: 'Lambda.TooManyRequestsException' }],
    ['when the answer says nothing of the pivot', { Payload: {} }],
  ])('%s undoes nothing and asks a person', async (_, pivot) => {
    const { states, end, asked } = await walk(undoMachine, { input, tasks: { 'find-pivot': pivot } });
    expect(states.join(' ')).toBe('wait-out find-pivot past-pivot park-all end-parked');
    expect(end).toMatchObject({ error: 'Parked.ABORTED' });
    expect(asked['park-all']).toMatchObject({
      MessageBody: {
        execution: 'ship-order:o-1',
        input: { failure: { Error: 'ABORTED' }, parked: [{ step: 'orderShipped', verb: 'undo', error: 'PastPivot' }] },
      },
    });
  });

  test('parks what it cannot undo, and undoes the rest', async () => {
    const tasks = { 'find-pivot': { Payload: { reached: false } }, 'undo-payment': { error: 'Transient' } };
    const { states, end } = await walk(undoMachine, { input, tasks });
    expect(states.join(' ')).toBe(`wait-out find-pivot past-pivot ${chain} park-all end-parked`);
    expect(end).toMatchObject({ error: 'Parked.ABORTED' });
  });

  test('waits as long as the longest task of the workflow may stand in its queue and run', () => {
    const tasks = Object.values(compile(straight.plan).machine.States).filter((state) => state.Type === 'Task');
    const longest = Math.max(...tasks.map(({ TimeoutSeconds }) => TimeoutSeconds));
    expect(undoMachine.States['wait-out']).toMatchObject({ Seconds: longest });
  });
});
