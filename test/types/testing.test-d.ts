/** Checked by the compiler, never run; see workflow.test-d.ts. */

import { minutes } from '../../lib/contract/index.ts';
import { serve } from '../../lib/runtime/index.ts';
import { invariant, ofEachOrder, runAtom, testAtom, testWorkflow, type WorkflowTest } from '../../lib/testing/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { assessRisk, orderPlaced, refundCard, releaseStock, reserveStock } from '../fakes/atoms.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exactly = <_ extends true>(): void => {};

const assess = serve(assessRisk, () => ({ level: 'low' as const, score: 1 }));
const reserve = serve(reserveStock, () => ({ output: { holdId: 'h' }, writes: [] }));
const refund = serve(refundCard, () => ({ refundId: 'r' }));

export async function outcomes(): Promise<void> {
  const assessed = await runAtom(assess, { total: 1 });
  exactly<
    Equal<typeof assessed.output, { level: 'low' | 'high'; score: number; hint?: string | undefined } | undefined>
  >();
  exactly<Equal<typeof assessed.declared, undefined>>();

  const reserved = await runAtom(reserve, { orderId: 'o' });
  exactly<
    Equal<typeof reserved.declared, { readonly name: 'OutOfStock'; readonly payload: { sku: string } } | undefined>
  >();
  if (reserved.declared) exactly<Equal<typeof reserved.output, undefined>>();
  else exactly<Equal<typeof reserved.output, { holdId: string }>>();

  const refunded = await runAtom(refund, {
    input: { orderId: 'o', amount: 1 },
    output: { chargeId: 'c', amount: 1 },
  });
  exactly<Equal<typeof refunded.output, { refundId: string } | undefined>>();
}

export async function misuse(): Promise<void> {
  // @ts-expect-error the input is the contract's
  await runAtom(assess, { total: '1' });
  // @ts-expect-error a compensation gets the step that it undoes
  await runAtom(refund, { chargeId: 'c' });
  // @ts-expect-error a handler alone has no contract: serve(contract, handler)
  await runAtom(() => ({ level: 'low', score: 1 }), { total: 1 });
  // @ts-expect-error an answer has a status
  await runAtom(assess, { total: 1 }, { provider: () => ({ body: {} }) });
}

const release = serve(releaseStock, ({ output }) => ({ output: { holdId: output.holdId }, writes: [] }));
const reserveOrder = workflow('reserve-order', orderPlaced, {
  version: '1.0.0',
  deadline: minutes(1),
  slo: { availability: 0.9 },
})
  .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
  .returns(({ stock }) => stock.holdId);
const atoms = [reserve, release];

export async function tried(): Promise<void> {
  const tested = await testWorkflow(reserveOrder, {
    atoms,
    paths: { reserved: (orderId) => ({ orderId, total: 1, lines: [] }) },
    invariants: [
      invariant('there are few events', ({ events }) => events.length < 3 || 'There are more.'),
      ofEachOrder('who orders stays', ({ stays }) => stays || 'Somebody left.'),
    ],
  });
  exactly<Equal<typeof tested, WorkflowTest>>();
  await testAtom(reserve, { undo: release, inputs: [{ orderId: 'o-1' }], tables: {} });
}

export async function mistried(): Promise<void> {
  // @ts-expect-error an input of a path is the workflow's
  await testWorkflow(reserveOrder, { atoms, paths: { reserved: (orderId) => ({ orderId, total: '1', lines: [] }) } });
  // @ts-expect-error there is nothing to run without a path
  await testWorkflow(reserveOrder, { atoms });
  // @ts-expect-error an input is the contract's
  await testAtom(reserve, { inputs: [{ order: 'o-1' }] });
  // @ts-expect-error an undo takes back what its step answered: refund-card's is a charge
  await testAtom(reserve, { undo: refund, inputs: [{ orderId: 'o-1' }] });
  // @ts-expect-error what holds is true, and what does not is said
  invariant('there are few events', ({ events }) => events.length < 3);
}
