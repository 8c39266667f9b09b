// A process of its own: a demonstration may have been changed, and with it what it imports.
import { pathToFileURL } from 'node:url';
import { AppAccess } from '../access/index.ts';
import { type Demonstration, orderLine, runDemonstration } from '../demonstration/index.ts';
import { answer } from './fresh-process.ts';
import type { OrderQuestion, PlacedOrder } from './order.ts';

await answer<OrderQuestion>(process.cwd(), async ({ demonstration: file, target }): Promise<PlacedOrder> => {
  const { demonstration } = (await import(pathToFileURL(file).href)) as { demonstration: Demonstration };
  const app = new AppAccess({ ...target, close: async () => {} });
  await demonstration.seed(app);
  const { orders } = await runDemonstration({ app, demonstration, orders: 1, onOrder: () => {} });
  const [ended] = orders;
  if (!ended) throw new Error(`${file} has no orders.`);
  return {
    id: ended.order.orderId,
    end: ended.end,
    expected: ended.expected,
    milliseconds: Math.round(ended.milliseconds),
    line: orderLine(ended),
    ...(ended.value === undefined ? {} : { value: ended.value }),
  };
});
