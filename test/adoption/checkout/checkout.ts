// Another team's application: it knows the shop's workflow by its name and by what goes in and comes out, and installs
// the package for its client alone. Prints what came of each thing that it does.
import {
  ContractViolation,
  IdConflict,
  NotStarted,
  seconds,
  type WorkflowClient,
  workflowClient,
} from 'breakwater/client';
import { z } from 'zod';

const Order = z.object({ sku: z.string(), quantity: z.int().min(1) });
const Receipt = z.object({ total: z.int() });
const orders = workflowClient({ name: 'place-order', input: Order, output: Receipt });

/** The types go all the way: an order in, a receipt out. */
const typed: WorkflowClient<z.input<typeof Order>, z.output<typeof Receipt>> = orders;

const within = seconds(60);
const [first, again] = [
  await typed.start({ sku: 'mug', quantity: 2 }, { id: 'desk-1' }),
  await typed.start({ quantity: 2, sku: 'mug' }, { id: 'desk-1' }),
];
await typed.start({ sku: 'unicorn', quantity: 1 }, { id: 'desk-2' });
// @ts-expect-error: a misspelt field does not compile, and does not leave either
const invalid = () => typed.start({ sku: 'mug', count: 2 }, { id: 'desk-3' });

console.log(
  JSON.stringify({
    started: [first.started, again.started],
    fulfilled: await typed.result('desk-1', { within }),
    declined: await typed.result('desk-2', { within }),
    described: (await typed.describe('desk-1')).status,
    stopped: await typed.stop('desk-1', 'too late: it has ended'),
    invalid: await nameOf(invalid(), ContractViolation),
    conflict: await nameOf(typed.start({ sku: 'mug', quantity: 3 }, { id: 'desk-1' }), IdConflict),
    unknown: await nameOf(typed.result('desk-4', { within: seconds(5) }), NotStarted),
  }),
);
// Sockets kept alive must not keep the application alive.
process.exit();

/** The error that somebody can catch by its class, with what it says. */
async function nameOf(work: Promise<unknown>, expected: new (...args: never[]) => Error): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof expected ? `${error.name}: ${error.message}` : `not expected: ${error}`;
}
