import {
  type Contract,
  check,
  contractId,
  defaults,
  type Effect,
  type Failures,
  parse,
  stepTimes,
} from '../contract/index.ts';
import { attemptContext, type Context } from './context.ts';
import { environment } from './environment.ts';
import { ContractBroken, Transient } from './errors.ts';
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

/** An atom with its types erased: what the protocol works on. */
export interface Atom {
  readonly contract: Contract;
  readonly handler: (input: unknown, context: Context<Failures>) => unknown;
}

/** What one run of the handler gave, checked against the contract. */
export interface Ran {
  readonly outcome: Outcome;
  readonly writes: readonly Write[];
}

/**
 * Runs the handler once, within the contract's time, and checks what it returns before it leaves.
 * @throws ContractBroken, Transient when the time is over, and whatever the handler throws
 */
export async function run(
  { contract, handler }: Atom,
  input: unknown,
  key: StepKey,
  attempt: number,
  correlationId: string,
): Promise<Ran> {
  const { handler: limit } = stepTimes(contract, timeScale());
  const abort = new AbortController();
  const context = attemptContext(contract, { key, correlationId, attempt, signal: abort.signal, input });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Transient(`${contract.name} took longer than its ${limit.milliseconds} ms.`);
      reject(error);
      abort.abort(error);
    }, limit.milliseconds);
  });
  try {
    const returned = await Promise.race([Promise.resolve(handler(input, context)), late]);
    return await checked(contract, returned);
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

/** @throws ContractBroken */
export async function parseInput(contract: Contract, input: unknown): Promise<unknown> {
  // What a compensation is given was recorded already: nothing may stand in the way of undoing it.
  if (!contract.undoes) refuseAbove(defaults.inputBytes, input, `input of ${contractId(contract)}`);
  return parse(contract.input, input, `input of ${contractId(contract)}`).catch(broken);
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
  throw new ContractBroken(error instanceof Error ? error.message : String(error), { cause: error });
}

export const recordsTable = (): string => environment('RECORDS_TABLE');
