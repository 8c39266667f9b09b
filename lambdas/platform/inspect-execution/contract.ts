import * as z from 'zod';
import { contract, minutes, pure } from '../../../lib/contract/index.ts';

export const inspectExecution = contract({
  name: 'inspect-execution',
  version: '1.0.0',
  summary: 'Says of an execution that ended whether it was begun again, and whether it got as far as telling others.',
  input: z.object({ executionArn: z.string(), states: z.array(z.string()) }),
  output: z.object({ running: z.boolean(), reached: z.boolean() }),
  effect: pure,
  timeout: minutes(1),
});
