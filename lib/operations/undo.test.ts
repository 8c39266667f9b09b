import type { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import { undoneBy } from '../contract/index.ts';
import { startUndo } from './undo.ts';

const NEWEST = 'arn:aws:states:us-east-1:1:stateMachine:undo-ship';
const request = {
  executionArn: 'arn:aws:states:us-east-1:1:execution:ship:order-1',
  name: 'order-1',
  status: 'ABORTED',
  undoMachineArn: NEWEST,
};

/** Step Functions as far as `startUndo` asks it; keeps what was started. */
function stepFunctions(answers: { readonly error?: string; readonly comment?: string; readonly exists?: boolean }) {
  const started: { stateMachineArn?: string; name?: string; input?: string }[] = [];
  const send = async (command: { input: object }): Promise<unknown> => {
    switch (command.constructor.name) {
      case 'DescribeExecutionCommand':
        return { error: answers.error };
      case 'DescribeStateMachineForExecutionCommand':
        return { definition: JSON.stringify({ Comment: answers.comment }) };
      default:
        if (answers.exists) throw Object.assign(new Error('taken'), { name: 'ExecutionAlreadyExists' });
        started.push(command.input);
        return { executionArn: 'undo' };
    }
  };
  return { started, client: { send } as unknown as SFNClient };
}

describe('an execution that ended from outside', () => {
  test('is undone by the version that belongs to the definition which it was begun with, under its own name', async () => {
    const { client, started } = stepFunctions({ comment: `ship 1.0.0. ${undoneBy(`${NEWEST}:3`)}` });
    expect(await startUndo(client, request)).toEqual({ started: true, undoExecutionArn: 'undo' });
    expect(started).toEqual([
      {
        stateMachineArn: `${NEWEST}:3`,
        name: 'order-1',
        input: JSON.stringify({ execution: 'order-1', executionArn: request.executionArn, status: 'ABORTED' }),
      },
    ]);
  });

  test('is undone by the newest where its definition names none', async () => {
    const { client, started } = stepFunctions({ comment: 'written by hand' });
    await startUndo(client, request);
    expect(started.map(({ stateMachineArn }) => stateMachineArn)).toEqual([NEWEST]);
  });

  test('is undone once, however often it is asked for', async () => {
    const { client } = stepFunctions({ exists: true });
    expect(await startUndo(client, request)).toEqual({ started: false, reason: 'it is being undone already' });
  });

  test.each(['Compensated.Transient', 'Parked.Contract'])(
    'is left alone if it compensated itself (%s)',
    async (error) => {
      const { client, started } = stepFunctions({ error });
      expect(await startUndo(client, { ...request, status: 'FAILED' })).toMatchObject({ started: false });
      expect(started).toEqual([]);
    },
  );

  test('is undone if it failed otherwise', async () => {
    const { client, started } = stepFunctions({ error: 'States.Runtime' });
    await startUndo(client, { ...request, status: 'FAILED' });
    expect(started).toHaveLength(1);
  });
});
