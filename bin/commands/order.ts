import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { DemonstratedOrder, EndedOrder, ShownWorkflow } from '../../lib/local/demonstration/index.ts';

interface OrderOptions {
  readonly data?: string;
  readonly file?: string;
  readonly id?: string;
  readonly json?: boolean;
}

/** `breakwater order [workflow]`: one order, by its event, followed to its end. */
export const orderCommand = (root: string): Command =>
  new Command('order')
    .summary('places an order where the app runs, and follows it')
    .description(
      'Publishes an order by its event to the emulator that runs here (or to AWS_ENDPOINT_URL) and follows it to its end.',
    )
    .argument('[workflow]', 'such as fulfil-order; left out, the one that npm start shows')
    .option('--data <json>', "fields of the event's data, laid over those of the demonstration's sample order")
    .option('--file <path>', 'the same from a file')
    .option('--id <id>', "the event's id; sent again with the same one, nothing more is started")
    .option('--json', 'print the result for scripts')
    .addHelpText('after', '\nExample:\n  npm run breakwater -- order --data \'{"card":"tok_declined"}\'')
    .action((workflow: string | undefined, options: OrderOptions) => placeOrder(root, workflow, options));

async function placeOrder(root: string, name: string | undefined, options: OrderOptions): Promise<void> {
  const { findWorkflow, follow, columnsOf, newRun } = await import('../../lib/local/demonstration/index.ts');
  const { openRunningTarget } = await import('../../lib/local/index.ts');
  const { AppAccess } = await import('../../lib/local/access/index.ts');
  const { hasColour, isScreen, singleOrder } = await import('../../lib/local/show/index.ts');
  const { INTERRUPTED_CODE, Interrupted, listenForInterruption } = await import('../../lib/local/session/index.ts');

  const { signal } = listenForInterruption();
  const shown = await findWorkflow(root, name);
  const order = orderOf(shown, newRun(), await dataOf(options), options.id);
  const target = await openRunningTarget(root);
  const { stdout } = process;
  const view = singleOrder({
    stdout,
    colour: hasColour(stdout, process.env),
    live: isScreen(stdout, process.env) && !options.json,
    columns: columnsOf(shown.workflow.plan),
    story: STORY,
  });
  try {
    const followed = await follow(order, {
      app: new AppAccess(target),
      workflow: shown.workflow.plan.name,
      onSteps: view.steps,
      signal,
    });
    const worth = shown.demonstration?.worth?.(followed.value);
    const ended: EndedOrder = { ...followed, number: 1, order, right: true, ...(worth === undefined ? {} : { worth }) };
    if (options.json) stdout.write(`${JSON.stringify(reportOf(ended))}\n`);
    else view.end(ended);
    process.exitCode = ended.end === 'failed' || ended.end === 'rejected' ? 1 : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write(`\n${new Interrupted().message} The order goes on: execution ${order.event.id}.\n`);
    process.exitCode = INTERRUPTED_CODE;
  }
}

const STORY = 'your order';

/** The sample with the given data laid over it. Whatever its end is, it is the right one. */
function orderOf(
  { workflow, demonstration }: ShownWorkflow,
  run: string,
  data: Readonly<Record<string, unknown>> | undefined,
  id: string | undefined,
): DemonstratedOrder {
  const type = workflow.startedBy?.name;
  if (!type) throw new Error(`No event starts ${workflow.plan.name}, so that none can be sent to it.`);
  const sample = demonstration?.orders(1, run)[0];
  if (!sample && !data) {
    throw new Error(`${workflow.plan.name} has no demonstration.ts with a sample order: give --data or --file.`);
  }
  const sampleData = (sample?.event.data ?? {}) as Readonly<Record<string, unknown>>;
  const eventId = id ?? sample?.event.id ?? `order-${run}`;
  return {
    orderId: sample?.orderId ?? eventId,
    event: { id: eventId, type, data: { ...sampleData, ...data } },
    sent: 1,
    story: STORY,
    expected: ['fulfilled', 'declined', 'failed'],
  };
}

async function dataOf({ data, file }: OrderOptions): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (data !== undefined && file !== undefined) throw new Error('Give --data or --file, not both.');
  if (file !== undefined) return parsed(await readFile(file, 'utf8'), file);
  return data === undefined ? undefined : parsed(data, '--data');
}

function parsed(text: string, where: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, where);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`${where} holds ${text.trim().slice(0, 60)}; expected a JSON object, such as {"country":"AQ"}.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is no JSON: ${(error as Error).message}`);
  }
}

const reportOf = ({ order, end, milliseconds, steps, value, reason, worth }: EndedOrder): object => ({
  execution: order.event.id,
  end,
  milliseconds: Math.round(milliseconds),
  steps: steps.map(({ name, kind, attempts, failed }) => ({ name, kind, attempts, failed })),
  value: value ?? null,
  reason: reason ?? null,
  worth: worth ?? null,
});
