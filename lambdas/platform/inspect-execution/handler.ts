import { SFNClient } from '@aws-sdk/client-sfn';
import { hasEntered, isRunning } from '../../../lib/operations/index.ts';
import { serve } from '../../../lib/runtime/index.ts';
import { inspectExecution } from './contract.ts';

const stepFunctions = new SFNClient({});

export const handler = serve(inspectExecution, async ({ executionArn, states }) => ({
  running: await isRunning(stepFunctions, executionArn),
  reached: states.length > 0 && (await hasEntered(stepFunctions, executionArn, new Set(states))),
}));
