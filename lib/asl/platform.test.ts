import { expect, test } from '@jest/globals';
import { inspectExecution as inspectExecutionContract } from '../../lambdas/platform/inspect-execution/contract.ts';
import { parkSteps as parkStepsContract } from '../../lambdas/platform/park-steps/contract.ts';
import { walk } from '../../test/fakes/walk.ts';
import { straight } from '../../test/fakes/workflows.ts';
import { type AnyContract, isCalledDirectly, parse } from '../contract/index.ts';
import { compile, inspectExecution, parkSteps } from './index.ts';

test.each([
  ['park-steps', parkSteps, parkStepsContract as AnyContract],
  ['inspect-execution', inspectExecution, inspectExecutionContract as AnyContract],
])('what the compiler knows of %s is what its contract says', (_, use, contract) => {
  expect(use).toEqual({
    name: contract.name,
    version: contract.version,
    effect: contract.effect,
    timeout: contract.timeout,
    failures: Object.keys(contract.failures),
    calledDirectly: isCalledDirectly(contract),
  });
});

test('what the machines send to the platform keeps its contracts', async () => {
  const { machine, undoMachine } = compile(straight.plan);
  const failing = { stock: { error: 'E' }, 'settle-stock': { error: 'E', cause: 'c' }, 'undo-stock': { error: 'E' } };
  const input = { execution: 'o-1', executionArn: 'arn', status: 'ABORTED' };
  const walks = [
    await walk(machine, { tasks: failing }),
    await walk(machine, { tasks: { orderShipped: { error: 'E' }, receipt: { error: 'E', cause: 'c' } } }),
    await walk(undoMachine, {
      input,
      tasks: { ...failing, 'inspect-execution': { Payload: { running: false, reached: false } } },
    }),
    await walk(undoMachine, { input, tasks: { 'inspect-execution': { Payload: { running: false, reached: true } } } }),
  ];
  const sent = walks.flatMap(({ asked }) =>
    Object.entries(asked).filter(([state]) => state.startsWith('park-') || state === 'inspect-execution'),
  ) as [string, { MessageBody?: { input: unknown }; Payload?: { input: unknown } }][];
  expect(sent.map(([state]) => state)).toEqual([
    'park-all',
    'park-orderShipped',
    'park-receipt',
    'inspect-execution',
    'park-undo',
    'inspect-execution',
    'park-undo',
  ]);
  for (const [state, { MessageBody, Payload }] of sent) {
    const contract = state === 'inspect-execution' ? inspectExecutionContract : parkStepsContract;
    const given = (MessageBody ?? Payload)?.input;
    await expect(parse(contract.input as never, given, state)).resolves.toEqual(given);
  }
});
