/**
 * An atom as its Lambda would run it: the real `serve`, a message in, the token's answer out. AWS is the fake of aws.ts,
 * a provider is whatever a test has `fetch` give.
 */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { type AnyContract, contractId, environmentNames, isCalledDirectly } from '../../lib/contract/index.ts';
import type { AtomFunction } from '../../lib/runtime/index.ts';
import { type FakeAws, fakeAws } from './aws.ts';
import { batch, envelope, lambdaContext, record } from './delivery.ts';

/** The key under which these tests perform a step, and what a provider gets of it. */
export const STEP = { execution: 'fulfil-order:o-1', step: 'step' };

export interface AtomUnderTest {
  readonly aws: FakeAws;
  /** What the state machine hears: the output, or error and cause. */
  does(input: unknown): Promise<unknown>;
  /** The same of a compensation, of a step with this record. */
  undoes(step: { readonly input: unknown; readonly output: unknown }): Promise<unknown>;
  /** The writes that a transaction committed beside its record, in plain values. */
  committed(): readonly unknown[];
  /** The requests that the provider got. */
  requests(): readonly { readonly url: string; readonly body: unknown; readonly key: unknown }[];
  /** What the provider answers from now on. */
  provider(status: number, body: unknown): void;
}

export function atomUnderTest(
  handler: AtomFunction,
  of: Pick<AnyContract, 'name' | 'version' | 'effect' | 'failures' | 'dependency'>,
  variables: Record<string, string> = {},
): AtomUnderTest {
  const aws = fakeAws();
  const environment = { RECORDS_TABLE: 'records', ...providerOf(of), ...variables };
  let answer = { status: 500, body: {} as unknown };
  const fetched: [string, RequestInit][] = [];

  beforeEach(() => {
    Object.assign(process.env, environment);
    fetched.length = 0;
    aws.answer('UpdateItem', () => ({ Attributes: marshall({ attempts: 1, firstAttempt: Date.now() }) }));
    jest.spyOn(console, 'log').mockImplementation(() => {});
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, options = {}) => {
      fetched.push([String(url), options]);
      return Response.json(answer.body, { status: answer.status });
    });
  });
  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  const deliver = async (more: object): Promise<unknown> => {
    const message = envelope({ contract: contractId(of), ...STEP, ...more });
    if (isCalledDirectly(of)) return handler(message, lambdaContext);
    await handler(batch(record({ ...message, token: 'token' })), lambdaContext);
    const [answered] = [...aws.inputs('SendTaskSuccess'), ...aws.inputs('SendTaskFailure')];
    const { taskToken, ...heard } = answered ?? {};
    return 'output' in heard ? JSON.parse(heard.output) : { ...heard, cause: JSON.parse(heard.cause) };
  };

  return {
    aws,
    does: (input) => deliver({ verb: 'do', input }),
    undoes: ({ input, output }) => {
      const done = { ...STEP, status: 'COMPLETED', attempts: 1, input, outcome: { value: output } };
      aws.answer('GetItem', ({ Key }) => (unmarshall(Key).step === STEP.step ? { Item: marshall(done) } : {}));
      return deliver({ verb: 'undo' });
    },
    committed: () =>
      aws.inputs('TransactWriteItems').flatMap(({ TransactItems }) => TransactItems.slice(1).map(plainWrite)),
    requests: () =>
      fetched.map(([url, { body, headers }]) => ({
        url,
        body: JSON.parse(String(body)),
        key: (headers as Record<string, string>)['idempotency-key'],
      })),
    provider: (status, body) => {
      answer = { status, body };
    },
  };
}

const providerOf = ({ dependency }: Pick<AnyContract, 'dependency'>): Record<string, string> =>
  dependency
    ? {
        [environmentNames.dependencyUrl(dependency.name)]: 'https://provider.test',
        [environmentNames.dependencyKey(dependency.name)]: 'secret',
      }
    : {};

const plainWrite = (item: Record<string, Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(item).map(([action, fields]) => [
      action,
      Object.fromEntries(
        Object.entries(fields).map(([field, value]) => [
          field,
          value !== null && typeof value === 'object' && !field.endsWith('Names')
            ? unmarshall(value as Record<string, never>)
            : value,
        ]),
      ),
    ]),
  );
