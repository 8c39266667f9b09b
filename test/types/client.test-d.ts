/** Checked by the compiler, never run: what a workflow's client takes and gives follows from the workflow. */
import * as z from 'zod';
import { type End, seconds, type WorkflowClient, workflowClient } from '../../lib/client/index.ts';
import { Order } from '../fakes/atoms.ts';
import { straight } from '../fakes/workflows.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exactly = <_ extends true>(): void => {};
type InputOf<C> = C extends WorkflowClient<infer I, infer _> ? I : never;
type OutputOf<C> = C extends WorkflowClient<infer _, infer O> ? O : never;

// ---------- typed by the workflow ----------
const shipping = workflowClient(straight);
exactly<Equal<InputOf<typeof shipping>, z.input<typeof Order>>>();
exactly<Equal<OutputOf<typeof shipping>, { chargeId: string; labelId: string }>>();
exactly<Equal<Awaited<ReturnType<typeof shipping.result>>, End<{ chargeId: string; labelId: string }>>>();
void shipping.start({ orderId: 'o-1', total: 7, lines: [] }, { id: 'o-1' });
// @ts-expect-error a field is missing
void shipping.start({ orderId: 'o-1', lines: [] }, { id: 'o-1' });
// @ts-expect-error an order has an id
void shipping.start({ orderId: 'o-1', total: 7, lines: [] });
// @ts-expect-error how long to wait is a decision
void shipping.result('o-1');
// @ts-expect-error a bare number has to be guessed at
void shipping.result('o-1', { within: 30 });
// @ts-expect-error a reason is kept in the execution
void shipping.stop('o-1');

const end = await shipping.result('o-1', { within: seconds(30) });
if (end.status === 'succeeded') exactly<Equal<typeof end.value.chargeId, string>>();
else exactly<Equal<typeof end.failure.payload, unknown>>();
// @ts-expect-error it may have been declined
end.value;

// ---------- typed by schemas ----------
const unseen = workflowClient({ name: 'ship-order', input: Order });
exactly<Equal<InputOf<typeof unseen>, z.input<typeof Order>>>();
exactly<Equal<OutputOf<typeof unseen>, unknown>>();
const checked = workflowClient({ name: 'ship-order', input: Order, output: z.object({ at: z.coerce.date() }) });
exactly<Equal<OutputOf<typeof checked>, { at: Date }>>();
// @ts-expect-error without a schema nothing is checked before it leaves
workflowClient({ name: 'ship-order' });
