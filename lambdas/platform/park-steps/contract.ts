import * as z from 'zod';
import { contract, unguarded } from '../../../lib/contract/index.ts';

export const parkSteps = contract({
  name: 'park-steps',
  version: '1.0.0',
  summary: 'Keeps what could not be done as rows for an operator, and tells the operators.',
  input: z.object({
    executionArn: z.string(),
    failure: z.looseObject({ Error: z.string().optional(), Cause: z.string().optional(), step: z.string().optional() }),
    parked: z
      .array(
        z.object({
          step: z.string(),
          verb: z.enum(['settle', 'undo', 'emit', 'send']),
          error: z.string().optional(),
          cause: z.string().optional(),
        }),
      )
      .min(1),
  }),
  output: z.object({ rows: z.int() }),
  effect: unguarded({ duplicates: 'harmless' }),
});
