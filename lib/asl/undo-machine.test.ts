import { describe, expect, test } from '@jest/globals';
import { releaseStock, reserveStock } from '../../test/fakes/atoms.ts';
import { type Walked, walk } from '../../test/fakes/walk.ts';
import { begin, straight } from '../../test/fakes/workflows.ts';
import { compile } from './index.ts';

describe('the undo machine', () => {
  const { undoMachine } = compile(straight.plan);
  const input = { execution: 'o-1', executionArn: 'arn:of:o-1', status: 'ABORTED' };
  const chain = 'settle-label settle-payment undo-payment settle-stock undo-stock how-it-ended';

  test('waits until nothing queued can start any more, looks at the execution, then settles and undoes every step', async () => {
    const tasks = { 'inspect-execution': { Payload: { running: false, reached: false } } };
    const { states, end } = await walk(undoMachine, { input, tasks });
    expect(states.join(' ')).toBe(`wait-out inspect-execution what-to-undo ${chain} end-undone`);
    expect(end).toEqual({ output: { status: 'undone' } });
  });

  test('works on the records of the execution that ended, not on its own', async () => {
    const tasks = { 'inspect-execution': { Payload: { running: false, reached: false } } };
    const { asked } = await walk(undoMachine, { input, tasks });
    expect(asked['settle-payment']).toMatchObject({
      Payload: { verb: 'settle', execution: 'ship-order:o-1', step: 'payment', correlationId: 'o-1' },
    });
    expect(asked['undo-payment']).toMatchObject({
      MessageBody: { verb: 'undo', execution: 'ship-order:o-1', step: 'payment', contract: 'refund-card@1.0.0' },
    });
    expect(asked['inspect-execution']).toMatchObject({
      Payload: { input: { executionArn: 'arn:of:o-1', states: ['orderShipped', 'receipt'] } },
    });
  });

  test.each([
    ['past the pivot', { Payload: { running: false, reached: true } }, 'PastPivot'],
    ['when it cannot be looked at', { error: 'Lambda.TooManyRequestsException' }, 'PivotUnknown'],
    ['when the answer says nothing of the pivot', { Payload: {} }, 'PastPivot'],
  ])('%s undoes nothing and asks a person', async (_, pivot, error) => {
    const { states, end, asked } = await walk(undoMachine, { input, tasks: { 'inspect-execution': pivot } });
    expect(states.join(' ')).toBe('wait-out inspect-execution what-to-undo park-undo end-parked');
    expect(end).toMatchObject({ error: 'Parked.ABORTED' });
    expect(asked['park-undo']).toMatchObject({
      MessageBody: {
        execution: 'ship-order:o-1',
        input: { failure: { Error: 'ABORTED' }, parked: [{ step: 'orderShipped', verb: 'undo', error }] },
      },
    });
  });

  test('of an execution that was redriven meanwhile leaves it alone', async () => {
    const tasks = { 'inspect-execution': { Payload: { running: true, reached: false } } };
    const { states, end } = await walk(undoMachine, { input, tasks });
    expect(states.join(' ')).toBe('wait-out inspect-execution what-to-undo end-redriven');
    expect(end).toEqual({ output: { status: 'redriven' } });
  });

  test('of a workflow that tells nobody still looks whether the execution was redriven', async () => {
    const silent = begin()
      .step('stock', reserveStock, ({ input: order }) => ({ orderId: order.orderId }), { undo: releaseStock })
      .returns(() => 'done');
    const tasks = { 'inspect-execution': { Payload: { running: false, reached: false } } };
    const { states, asked } = await walk(compile(silent.plan).undoMachine, { input, tasks });
    expect(states.join(' ')).toBe(
      'wait-out inspect-execution what-to-undo settle-stock undo-stock how-it-ended end-undone',
    );
    expect(asked['inspect-execution']).toMatchObject({ Payload: { input: { states: [] } } });
  });

  test('parks under a key of its own: the notice of the workflow’s own machine must not swallow it', async () => {
    const failing = {
      'inspect-execution': { Payload: { reached: true } },
      stock: { error: 'E' },
      'undo-stock': { error: 'E' },
    };
    const stepOf = ({ asked }: Walked) =>
      Object.values(asked)
        .flatMap((each) => (each as { MessageBody?: { contract: string; step: string } }).MessageBody ?? [])
        .filter(({ contract }) => contract === 'park-steps@1.0.0')
        .map(({ step }) => step);
    const [own, undo] = [compile(straight.plan).machine, undoMachine].map((machine) =>
      walk(machine, { input, tasks: failing }),
    );
    expect([stepOf((await own) as Walked), stepOf((await undo) as Walked)]).toEqual([
      ['park-all'],
      [expect.stringMatching(/^park-undo:.+/)],
    ]);
  });

  test('parks what it cannot undo, and undoes the rest', async () => {
    const tasks = {
      'inspect-execution': { Payload: { running: false, reached: false } },
      'undo-payment': { error: 'Transient' },
    };
    const { states, end } = await walk(undoMachine, { input, tasks });
    expect(states.join(' ')).toBe(`wait-out inspect-execution what-to-undo ${chain} park-undo end-parked`);
    expect(end).toMatchObject({ error: 'Parked.ABORTED' });
  });

  test('waits as long as the longest task of the workflow may stand in its queue and run', () => {
    const tasks = Object.values(compile(straight.plan).machine.States).filter((state) => state.Type === 'Task');
    const longest = Math.max(...tasks.map(({ TimeoutSeconds }) => TimeoutSeconds));
    expect(undoMachine.States['wait-out']).toMatchObject({ Seconds: longest });
  });
});
