import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Failures } from '../../../lib/contract/index.ts';
import { type AtomFunction, environment, type ServedAtom, serve } from '../../../lib/runtime/index.ts';
import { callFunction } from './function-call.ts';
import { type JsonContract, readContract } from './json-contract.ts';

/** Once only: a call that is tried again here would be an attempt that nobody counts. */
const lambda = new LambdaClient({ maxAttempts: 1 });

/** Stands before an existing function: keeps the step protocol, by the contract that was put beside this file. */
export const standBefore = (written: JsonContract): ServedAtom<unknown, unknown, Failures> => {
  const contract = readContract(written);
  return serve(contract, (input, context) =>
    callFunction(lambda, environment('FUNCTION_ARN'), contract, input, context),
  );
};

let served: AtomFunction | undefined;

export const handler: AtomFunction = (event, context) => {
  served ??= standBefore(JSON.parse(readFileSync(join(import.meta.dirname, 'contract.json'), 'utf8')));
  return served(event, context);
};
