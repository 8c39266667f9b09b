// A process of its own: a demonstration may have been changed, and with it what it imports.
import { pathToFileURL } from 'node:url';
import { AppAccess } from '../access/index.ts';
import { type Demonstration, follow, newRun } from '../demonstration/index.ts';
import { orderLine } from '../show/plain.ts';
import { render } from '../show/view.ts';
import { answer } from './fresh-process.ts';
import type { OrderQuestion, PlacedOrder } from './order.ts';

const PATIENCE_MS = 60_000;

await answer<OrderQuestion>(process.cwd(), async ({ demonstration: file, target }): Promise<PlacedOrder> => {
  const { demonstration } = (await import(pathToFileURL(file).href)) as { demonstration: Demonstration };
  const app = new AppAccess({ ...target, close: async () => {} });
  await demonstration.seed(app);
  const [order] = demonstration.orders(1, newRun());
  if (!order) throw new Error(`${file} has no orders.`);
  const followed = await follow(order, { app, workflow: demonstration.workflow, patienceMs: PATIENCE_MS });
  const right = order.expected.includes(followed.end);
  const worth = followed.end === 'fulfilled' ? demonstration.worth?.(followed.value) : undefined;
  const ended = { ...followed, number: 1, order, right, ...(worth === undefined ? {} : { worth }) };
  return {
    id: order.event.id,
    end: followed.end,
    right,
    milliseconds: Math.round(followed.milliseconds),
    line: render(orderLine(ended), false),
    ...(followed.value === undefined ? {} : { value: followed.value }),
  };
});
