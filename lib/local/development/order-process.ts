// A process of its own: a demonstration may have been changed, and with it what it imports.
import { pathToFileURL } from 'node:url';
import { AppAccess } from '../access/index.ts';
import { type Demonstration, newRun, runOneOrder } from '../demonstration/index.ts';
import { textOf } from '../show/line.ts';
import { orderLine } from '../show/plain.ts';
import { answer } from './fresh-process.ts';
import type { OrderQuestion, PlacedOrder } from './order.ts';

await answer<OrderQuestion>(process.cwd(), async ({ demonstration: file, target }): Promise<PlacedOrder> => {
  const { demonstration } = (await import(pathToFileURL(file).href)) as { demonstration: Demonstration };
  const app = new AppAccess({ ...target, close: async () => {} });
  await demonstration.seed(app);
  const [order] = demonstration.orders(1, newRun());
  if (!order) throw new Error(`${file} has no orders.`);
  const ended = await runOneOrder({ number: 1, order }, { app, demonstration, onEvent: () => {}, watched: false });
  return {
    id: ended.order.orderId,
    end: ended.end,
    expected: ended.right,
    milliseconds: Math.round(ended.milliseconds),
    line: textOf(orderLine(ended)),
    ...(ended.value === undefined ? {} : { value: ended.value }),
  };
});
