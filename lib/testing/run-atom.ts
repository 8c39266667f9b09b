import { type AnyContract, DECLARED_PREFIX, ErrorName, type Failures } from '../contract/index.ts';
import {
  AtomError,
  ContractBroken,
  Fenced,
  OutcomeUnknown,
  type ServedAtom,
  Transient,
  type Write,
} from '../runtime/index.ts';
import type { Item } from '../simulation/index.ts';
import { inItsPlace } from './in-its-place.ts';
import { type Heard, Outside, type ProviderRequest, type Surroundings } from './outside.ts';
import { type RunnableAtom, StepRun } from './step-run.ts';

/** What a test may say of one run. */
export interface RunOptions extends Surroundings {
  /**
   * How often the step was attempted, this time included; the attempts before came to nothing. 1 when left out. A
   * transaction's handler is always in its first: one that came to nothing left nothing behind.
   */
  readonly attempt?: number;
  /** What `context.now()` gives. The time of day when left out. */
  readonly now?: Date;
  /** Whose step it is, as `context.execution` says it: `fulfil-order:order-17`. The step's key is made from it. */
  readonly execution?: string;
}

/** What one run came to: the output, or the declared failure; and what was done on the way. */
export type AtomRun<Output, F extends Failures> = RunTraces &
  (
    | { readonly output: Output; readonly declared?: undefined }
    | { readonly declared: Declared<F>; readonly output?: undefined }
  );

/** A declared failure of a contract, with its payload. */
export type Declared<F extends Failures> = { [K in keyof F]: { readonly name: K; readonly payload: F[K] } }[keyof F];

export interface RunTraces {
  /** The idempotency key that the handler had. */
  readonly key: string;
  /** The writes that were committed, in plain values; none after a declared failure. */
  readonly writes: readonly Write[];
  /** What the tables of the contract's `uses` hold now, by their names, in the order of their keys. */
  readonly tables: Readonly<Record<string, readonly Item[]>>;
  /** What the provider was asked, in order. */
  readonly requests: readonly ProviderRequest[];
  /** The lines of JSON that were logged: `context.log`'s, and the runtime's own for each delivery; masked as deployed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Runs an atom once, as its Lambda function would: the real runtime checks the input, claims the step, calls the
 * handler, checks what it returns, commits its writes and answers. AWS, the provider and the environment are played in
 * this process; nothing leaves it. Needs no test framework.
 *
 * A compensation is given `{ input, output }` of the step that it undoes.
 *
 * @example
 * import { runAtom } from 'breakwater/testing';
 * import { handler } from './handler.ts';
 *
 * test('points are added to those that the customer has', async () => {
 *   const { output, tables } = await runAtom(handler, { customerId: 'c-1', total: 900 }, {
 *     tables: { loyalty: [{ customerId: 'c-1', points: 5 }] },
 *   });
 *   expect(output).toEqual({ points: 9 });
 *   expect(tables.loyalty).toEqual([{ customerId: 'c-1', points: 14 }]);
 * });
 * @throws ContractBroken for an input or an output that breaks the contract; Transient for what the handler throws, with
 *   that as its cause; what else the state machine would hear as an error
 * @throws AtomTestError for a call that the test says nothing of, and for what the deployed atom could not do
 */
export async function runAtom<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  input: NoInfer<Input>,
  options: RunOptions = {},
): Promise<AtomRun<Output, F>> {
  const runnable = atom as unknown as RunnableAtom;
  const outside = new Outside(runnable.contract, options);
  const run = new StepRun(runnable, outside, options);
  const heard = await inItsPlace(outside, () => run.perform(input)).catch((error: unknown) => {
    throw outside.mistake ?? error;
  });
  if (outside.mistake) throw outside.mistake;
  const traces: RunTraces = {
    key: run.key,
    writes: outside.writes,
    tables: Object.fromEntries(tableNames(runnable.contract).map((name) => [name, outside.tables.items(name)])),
    requests: outside.requests,
    log: outside.log,
  };
  return { ...traces, ...outcomeOf(heard, run.thrown) } as AtomRun<Output, F>;
}

/** @throws the error that the state machine hears, with what the handler threw as its cause */
function outcomeOf(
  heard: Heard,
  thrown: unknown,
): { output: unknown } | { declared: { name: string; payload: unknown } } {
  if ('output' in heard) return { output: heard.output };
  const { error, cause } = heard;
  if (error.startsWith(DECLARED_PREFIX)) {
    return { declared: { name: error.slice(DECLARED_PREFIX.length), payload: cause } };
  }
  if (thrown instanceof AtomError && thrown.name === error) throw thrown;
  const Heard = ERRORS[error] ?? Transient;
  const { message } = cause as { message: string };
  throw new Heard(message, thrown === undefined ? {} : { cause: thrown });
}

const ERRORS: Readonly<Record<string, new (message: string, options?: ErrorOptions) => AtomError>> = {
  [ErrorName.Transient]: Transient,
  [ErrorName.Contract]: ContractBroken,
  [ErrorName.Fenced]: Fenced,
  [ErrorName.OutcomeUnknown]: OutcomeUnknown,
};

const tableNames = ({ uses }: Pick<AnyContract, 'uses'>): readonly string[] =>
  uses.flatMap((use) => (use.kind === 'table' ? [use.table.name] : []));
