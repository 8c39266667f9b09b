/**
 * A platform's atom as its Lambda would run it: the real `serve`, a message in, the answer out. AWS is the fake of
 * aws.ts, which says what was sent to it and in which order; atoms of a domain are tested with lib/testing.
 */
import { type AnyContract, contractId, isCalledDirectly } from '../../lib/contract/index.ts';
import type { AtomFunction } from '../../lib/runtime/index.ts';
import { type AroundFunction, aroundFunction } from './atom-function.ts';
import { batch, envelope, lambdaContext, record } from './delivery.ts';

/** The key under which these tests perform a step. */
export const STEP = { execution: 'fulfil-order:o-1', step: 'step' };

export interface AtomUnderTest {
  readonly aws: AroundFunction['aws'];
  /** What the state machine hears: the output, or error and cause. */
  does(input: unknown): Promise<unknown>;
}

export function atomUnderTest(
  handler: AtomFunction,
  of: Pick<AnyContract, 'name' | 'version' | 'effect' | 'failures'>,
  variables: Record<string, string> = {},
): AtomUnderTest {
  const { aws } = aroundFunction(variables);
  return {
    aws,
    does: async (input) => {
      const message = envelope({ contract: contractId(of), ...STEP, input });
      if (isCalledDirectly(of)) return handler(message, lambdaContext);
      await handler(batch(record({ ...message, token: 'token' })), lambdaContext);
      const [answered] = [...aws.inputs('SendTaskSuccess'), ...aws.inputs('SendTaskFailure')];
      const { taskToken, ...heard } = answered ?? {};
      return 'output' in heard ? JSON.parse(heard.output) : { ...heard, cause: JSON.parse(heard.cause) };
    },
  };
}
