import * as z from 'zod';

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) });

/** What the state machine sends. */
export const HoldStock = z.object({
  taskToken: z.string(),
  executionId: z.string(),
  input: z.object({ orderId: z.string(), lines: z.array(Line).min(1) }),
});

export const Held = z.object({ holdId: z.string() });

/** What the state machine sends to take it back. */
export const ReleaseStock = z.object({ taskToken: z.string(), executionId: z.string(), input: Held });
