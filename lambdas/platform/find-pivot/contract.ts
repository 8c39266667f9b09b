import * as z from 'zod';
import { contract, minutes, pure } from '../../../lib/contract/index.ts';

export const findPivot = contract({
  name: 'find-pivot',
  version: '1.0.0',
  summary: 'Says whether an execution got as far as telling others, so that undoing is no longer right.',
  input: z.object({ executionArn: z.string(), states: z.array(z.string()).min(1) }),
  output: z.object({ reached: z.boolean() }),
  effect: pure,
  timeout: minutes(1),
});
