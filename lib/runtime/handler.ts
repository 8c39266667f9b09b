import {
  brokenPreconditions,
  type Contract,
  ContractViolation,
  check,
  contractId,
  defaults,
  type Effect,
  type Failures,
  type FindableEffect,
  parse,
  stepTimes,
} from '../contract/index.ts';
import { attemptContext, type Context } from './context.ts';
import { environment } from './environment.ts';
import { ContractBroken, NotAttempted, Transient } from './errors.ts';
import { DeclaredFailure, type Outcome, type Unchecked } from './outcome.ts';
import type { StepKey, TransactionItem } from './record.ts';

/** A DynamoDB write of a transaction, in plain JavaScript values. */
export interface Write extends TransactionItem {
  /** The declared failure that it means if the write's condition does not hold. */
  readonly otherwise?: DeclaredFailure;
}

/** What a handler of a `transaction` answers: its output, and the writes that the runtime commits with the step's record. */
export interface Commit<Returned> {
  readonly output: Returned;
  readonly writes: readonly Write[];
}

type Result<E extends Effect, Returned> = E extends { readonly kind: 'transaction' }
  ? Commit<Returned>
  : Returned | Unchecked;

/** An atom's code: parse → act → return. Throw for what may be tried again, return `context.fail(…)` for what is declared. */
export type Handler<F extends Failures, Parsed, Returned, E extends Effect> = (
  input: Parsed,
  context: Context<F>,
) => Result<E, Returned> | DeclaredFailure | Promise<Result<E, Returned> | DeclaredFailure>;

/**
 * Asks the provider what became of earlier attempts of this step, and changes nothing: its output if it happened, the
 * declared failure if it was refused, `undefined` if there is nothing under `context.key`. Where there are several, the
 * one that happened. Throw for what may be asked again, and be sure that it is the provider that says *nothing*, not a
 * gateway before it. *Nothing* counts only some time after the last attempt (`quietAfter`): a request may still be on its
 * way, a list may lag behind. An output that is found counts at once, and is recorded as the attempt's own.
 */
export type Find<F extends Failures, Parsed, Returned> = (
  input: Parsed,
  context: Context<F>,
) => Found<Returned> | Promise<Found<Returned>>;

type Found<Returned> = Returned | Unchecked | DeclaredFailure | undefined;

/** What an atom is made of: its handler, or, where its contract says that its effect can be found, that and `find`. */
export type Served<F extends Failures, Parsed, Returned, E extends Effect> = E extends FindableEffect
  ? { readonly do: Handler<F, Parsed, Returned, E>; readonly find: Find<F, Parsed, Returned> }
  : Handler<F, Parsed, Returned, E>;

/** An atom with its types erased: what the protocol works on. */
export interface Atom {
  readonly contract: Contract;
  readonly handler: (input: unknown, context: Context<Failures>) => unknown;
  /** There if its contract's effect can be found. */
  readonly find?: (input: unknown, context: Context<Failures>) => unknown;
}

/** What one run of the handler gave, checked against the contract. */
export interface Ran {
  readonly outcome: Outcome;
  readonly writes: readonly Write[];
}

/** Which run it is: of which step, after how many attempts. */
export interface RunOf {
  readonly key: StepKey;
  /** How often the effect was attempted, this time included; to find, before it. */
  readonly attempt: number;
  readonly correlationId: string;
  /** Epoch milliseconds at which its lease ends: nothing is begun later, and what runs is stopped. T from now when left out. */
  readonly until?: number;
}

/**
 * Runs the handler once, within the contract's time, and checks what it returns before it leaves.
 * @throws ContractBroken, Transient when the time is over, NotAttempted when it was before it began, and whatever the
 *   handler throws
 */
export async function run({ contract, handler }: Atom, input: unknown, of: RunOf): Promise<Ran> {
  return checked(contract, await withinTime(contract, of, input, (context) => handler(input, context)));
}

/**
 * Asks once what became of earlier attempts, within the contract's time.
 * @returns undefined when nothing was found
 * @throws as `run`
 */
export async function find({ contract, find: ask }: Atom, input: unknown, of: RunOf): Promise<Outcome | undefined> {
  const found = await withinTime(contract, of, input, (context) => ask?.(input, context));
  return found === undefined ? undefined : (await checked(contract, found)).outcome;
}

async function withinTime(
  contract: Contract,
  of: RunOf,
  input: unknown,
  work: (context: Context<Failures>) => unknown,
): Promise<unknown> {
  const { handler: limit } = stepTimes(contract, timeScale());
  // Whoever has the key next counts on it that nothing of this run is sent once its lease is over.
  const left = Math.min(limit.milliseconds, (of.until ?? Number.POSITIVE_INFINITY) - Date.now());
  if (left <= 0) throw new NotAttempted(`The lease of ${contract.name} was over before it began.`);
  const abort = new AbortController();
  const context = attemptContext(contract, { ...of, signal: abort.signal, input });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Transient(`${contract.name} took longer than its ${limit.milliseconds} ms.`);
      reject(error);
      abort.abort(error);
    }, left);
  });
  try {
    return await Promise.race([Promise.resolve(work(context)), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The synth-time scale of all times; 1 unless the stack says otherwise. */
export const timeScale = (): number => Number(process.env.BREAKWATER_TIME_SCALE ?? '1');

/** An input that was taken once is never refused: a newer schema must not stand in the way of finding out or undoing. */
export async function parseRecorded(contract: Contract, input: unknown): Promise<unknown> {
  const checked = await check(contract.input, input);
  return checked.valid ? checked.value : input;
}

/** The input as the handler gets it, if it keeps its schema and every precondition. @throws ContractBroken */
export async function parseInput(contract: Contract, input: unknown): Promise<unknown> {
  const what = `input of ${contractId(contract)}`;
  // What a compensation is given was recorded already: nothing may stand in the way of undoing it.
  if (!contract.undoes) refuseAbove(defaults.inputBytes, input, what);
  const parsed = await parse(contract.input, input, what).catch(broken);
  const issues = brokenPreconditions(contract.preconditions, parsed);
  return issues.length > 0 ? broken(new ContractViolation(what, issues)) : parsed;
}

async function checked(contract: Contract, returned: unknown): Promise<Ran> {
  if (returned instanceof DeclaredFailure)
    return { outcome: { declined: await declined(contract, returned) }, writes: [] };
  const commit =
    contract.effect.kind === 'transaction' ? asCommit(contract, returned) : { output: returned, writes: [] };
  const value = await parse(contract.output, commit.output, `output of ${contractId(contract)}`).catch(broken);
  const recorded = asJson(value);
  refuseAbove(defaults.recordedBytes, recorded, `output of ${contractId(contract)}`);
  return { outcome: { value: recorded }, writes: commit.writes };
}

/** @throws ContractBroken for a failure that the contract does not declare, or declares otherwise */
export async function declined(
  contract: Contract,
  { name, payload }: DeclaredFailure,
): Promise<{ name: string; payload: unknown }> {
  const schema = Object.hasOwn(contract.failures, name) ? contract.failures[name] : undefined;
  if (!schema) {
    const declared = Object.keys(contract.failures).join(', ') || 'none';
    throw new ContractBroken(`${contractId(contract)} does not declare the failure ${name}; it declares ${declared}.`);
  }
  const result = await check(schema, payload);
  if (result.valid) return { name, payload: asJson(result.value) };
  return parse(schema, payload, `payload of ${name} of ${contractId(contract)}`).catch(broken) as Promise<never>;
}

/** As it will be answered and recorded: a date is text, what is undefined is null or left out. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

/** What does not fit into its record could never be found out or undone. @throws ContractBroken */
function refuseAbove(limit: number, value: unknown, what: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes > limit) throw new ContractBroken(`The ${what} has ${bytes} bytes; at most ${limit} can be recorded.`);
}

function asCommit(contract: Contract, returned: unknown): Commit<unknown> {
  if (returned !== null && typeof returned === 'object' && 'output' in returned && 'writes' in returned)
    return returned as Commit<unknown>;
  throw new ContractBroken(`${contractId(contract)} is a transaction: its handler returns { output, writes }.`);
}

function broken(error: unknown): never {
  const issues = error instanceof ContractViolation ? error.issues : [];
  throw new ContractBroken(error instanceof Error ? error.message : String(error), { cause: error, issues });
}

export const recordsTable = (): string => environment('RECORDS_TABLE');
