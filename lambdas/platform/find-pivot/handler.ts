import { SFNClient } from '@aws-sdk/client-sfn';
import { hasEntered } from '../../../lib/operations/index.ts';
import { serve } from '../../../lib/runtime/index.ts';
import { findPivot } from './contract.ts';

const stepFunctions = new SFNClient({});

export const handler = serve(findPivot, async ({ executionArn, states }) => ({
  reached: await hasEntered(stepFunctions, executionArn, new Set(states)),
}));
