/** Checked by the compiler, never run; see workflow.test-d.ts. */
import { serve } from '../../lib/runtime/index.ts';
import { runAtom } from '../../lib/testing/index.ts';
import { assessRisk, refundCard, reserveStock } from '../fakes/atoms.ts';

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
