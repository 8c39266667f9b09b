import { type AnyContract, DECLARED_PREFIX, ErrorName, type Failures, type Settlement } from '../contract/index.ts';
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
import { type Heard, Outside, type ProviderRequest, type Surroundings } from './outside.ts';
import { type RunnableAtom, StepRun } from './step-run.ts';

/** What a test may say of one run. */
export interface RunOptions extends Surroundings {
  /**
   * How often the step was attempted, this time included; the attempts before came to nothing. 1 when left out. A
   * transaction's handler is always in its first: one that came to nothing left nothing behind. Of an effect that is
   * looked up, `find` is asked first from the second on, and the handler runs if it finds nothing.
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
  const { result, run, traces } = await traced(atom as unknown as RunnableAtom, options, (each) => each.perform(input));
  return { ...traces, ...outcomeOf(result, run.thrown) } as AtomRun<Output, F>;
}

/** What settling said, what was recorded by it, and what was done on the way. */
export type AtomSettlement<Output, F extends Failures> = RunTraces &
  Settlement & {
    /** What is recorded as the step's output, if it happened. */
    readonly output?: Output;
    /** What is recorded as declared, if it was. */
    readonly declared?: Declared<F>;
  };

/**
 * Settles a step whose attempts came to nothing that anybody knows of, as a state machine has it done before it undoes
 * an order: by `find` where the atom has one, else by issuing it again under its key. Played as in `runAtom`; the last
 * attempt is so long over that nothing found counts.
 *
 * @param options attempt: how many attempts were lost, 1 when left out
 * @example
 * test('a shipment that the carrier has is found under its reference', async () => {
 *   const provider = () => ({ status: 200, body: { shipmentId: 's-1' } });
 *   expect(await settleAtom(handler, parcel, { provider })).toMatchObject({ happened: true, output: { shipmentId: 's-1' } });
 * });
 * @throws Transient for what `find` or the handler throws, with that as its cause: settling would be tried again
 * @throws AtomTestError as `runAtom`
 */
export async function settleAtom<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  input: NoInfer<Input>,
  options: RunOptions = {},
): Promise<AtomSettlement<Output, F>> {
  const { result, run, traces } = await traced(atom as unknown as RunnableAtom, options, (each) => each.settle(input));
  const { value, declined } = run.outcome;
  return {
    ...traces,
    ...result,
    ...(value === undefined ? {} : { output: value }),
    ...(declined === undefined ? {} : { declared: declined }),
  } as AtomSettlement<Output, F>;
}

/** Lets a step do something, with everything outside played, and tells what it did there. */
async function traced<T>(
  atom: RunnableAtom,
  options: RunOptions,
  act: (run: StepRun) => Promise<T>,
): Promise<{ readonly result: T; readonly run: StepRun; readonly traces: RunTraces }> {
  const outside = new Outside(atom.contract, options);
  const run = new StepRun(atom, outside, options);
  const result = await outside
    .around(() => act(run))
    .catch((error: unknown) => {
      throw outside.mistake ?? error;
    });
  if (outside.mistake) throw outside.mistake;
  const traces: RunTraces = {
    key: run.key,
    writes: outside.writes,
    tables: Object.fromEntries(tableNames(atom.contract).map((name) => [name, outside.tables.items(name)])),
    requests: outside.requests,
    log: outside.lines,
  };
  return { result, run, traces };
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
