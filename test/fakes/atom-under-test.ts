/**
 * A platform's atom as its Lambda would run it: the real `serve`, a message in, the answer out. AWS is the fake of
 * aws.ts, which says what was sent to it and in which order; atoms of a domain are tested with lib/testing.
 */
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { type AnyContract, contractId, isCalledDirectly } from '../../lib/contract/index.ts';
import type { AtomFunction } from '../../lib/runtime/index.ts';
import { type FakeAws, fakeAws } from './aws.ts';
import { batch, envelope, lambdaContext, record } from './delivery.ts';

/** The key under which these tests perform a step. */
export const STEP = { execution: 'fulfil-order:o-1', step: 'step' };

export interface AtomUnderTest {
  readonly aws: FakeAws;
  /** What the state machine hears: the output, or error and cause. */
  does(input: unknown): Promise<unknown>;
}

export function atomUnderTest(
  handler: AtomFunction,
  of: Pick<AnyContract, 'name' | 'version' | 'effect' | 'failures'>,
  variables: Record<string, string> = {},
): AtomUnderTest {
  const aws = fakeAws();
  const environment = { RECORDS_TABLE: 'records', ...variables };

  beforeEach(() => {
    Object.assign(process.env, environment);
    aws.answer('UpdateItem', () => ({ Attributes: marshall({ attempts: 1, firstAttempt: Date.now() }) }));
    jest.spyOn(console, 'log').mockImplementation(() => {});
  });
  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

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
