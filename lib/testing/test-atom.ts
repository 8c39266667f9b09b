import { AssertionError, deepStrictEqual } from 'node:assert';
import { type AnyContract, type Compensable, contractId, type Example, type Failures } from '../contract/index.ts';
import type { ServedAtom } from '../runtime/index.ts';
import { AtomTestError } from '../simulation/index.ts';
import type { Playing } from './exactness/played.ts';
import type { ProviderReply } from './outside.ts';
import { type RunOptions, runAtom } from './run-atom.ts';
import type { RunnableAtom } from './step-run.ts';

/** What a test may say of an atom beside its contract. */
export interface AtomTestOptions<Input = unknown, Output = unknown> extends RunOptions {
  /** Inputs beside those of the contract's examples: tried like them, and not held to any output. None when left out. */
  readonly inputs?: readonly Input[];
  /** The atom's compensation, to be tried with it: done, then undone. */
  // biome-ignore lint/suspicious/noExplicitAny: a compensation of whatever output
  readonly undo?: ServedAtom<Compensable<any, Output>, any, Record<never, never>>;
  /**
   * For an effect that can be found: what the provider answers when it is asked for what was done under a step's key.
   * Status 200 and what it answered then, or 404, when left out.
   */
  readonly find?: Playing['find'];
  /** Attributes of items that an undo may leave otherwise than they were before: `updatedAt`. None when left out. */
  readonly mayDiffer?: readonly string[];
  /**
   * Every single fault, or 1,000 pairs of faults as well, spread evenly over all that there are. Singles when left out.
   */
  readonly depth?: 'singles' | 'pairs';
}

/**
 * Holds an atom to its contract, with nothing to configure. Every example gives what the contract says, in the next
 * attempt as well. Then each is run in virtual time, in a workflow of this one step, once for everything that can go
 * wrong at every point: messages delivered twice or dead, crashes, time-outs, answers lost, services and the provider
 * down, executions stopped; with `undo` the step is undone as well. Whatever happens, its effect happens at most once,
 * and nothing is left over.
 *
 * @param options what the atom meets, for all examples or by the example. A provider that is not given answers what the
 *   example needs of a handler that hands its answer on
 * @example
 * test('keeps its contract, whatever goes wrong', () => testAtom(handler));
 * test('is done once and undone once', () => testAtom(handler, { undo: releaseInventory, inputs: [order], tables: { … } }));
 * @throws AssertionError with the example that came to something else
 * @throws ExactnessError with what goes wrong, the fewest faults that it takes, what happens, and what to change
 * @throws AtomTestError if there are neither examples nor inputs: nothing would be tested; and as `runAtom`
 */
export async function testAtom<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  options:
    | AtomTestOptions<NoInfer<Input>, NoInfer<Output>>
    | ((example: Example<Input, Output, F>) => AtomTestOptions<NoInfer<Input>, NoInfer<Output>>) = {},
): Promise<void> {
  const { contract } = atom;
  const { inputs = [] } = typeof options === 'function' ? {} : options;
  if (contract.undoes) {
    throw new AtomTestError(
      `${contractId(contract)} is a compensation, which is tried with what it undoes: testAtom(the handler of ${contract.undoes.name}, { undo: handler }).`,
    );
  }
  if (contract.examples.length === 0 && inputs.length === 0) {
    throw new AtomTestError(
      `${contractId(contract)} has no examples. Write in its contract: examples: [{ input: { … }, output: { … } }].`,
    );
  }
  for (const [index, example] of contract.examples.entries()) {
    const given = withMail(contract, typeof options === 'function' ? options(example) : options);
    const answer = await answerFor(atom, example, given);
    const provider = given.provider ?? (answer && (() => answer));
    const what = `Example ${index + 1} of ${contractId(contract)}`;
    await keepsExample(atom, example, { ...given, ...(provider && { provider }) }, what);
    const tried = { atom: erased(atom), input: example.input, declines: 'failure' in example };
    await isExact({ ...tried, answer: answer ?? TAKEN }, given);
  }
  const given = options as AtomTestOptions<Input, Output>;
  for (const input of inputs) await isExact({ atom: erased(atom), input, declines: false, answer: TAKEN }, given);
}

async function keepsExample<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  example: Example<Input, Output, F>,
  given: RunOptions,
  what: string,
): Promise<void> {
  const first = await runAtom(atom, example.input, given);
  same(outcomeOf(first), promised(example), `${what} comes to something else.`);
  if (!REPEATABLE.has(atom.contract.effect.kind)) return;
  const second = await runAtom(atom, example.input, { ...given, attempt: (given.attempt ?? 1) + 1 });
  same(outcomeOf(second), promised(example), `${what} comes to something else in the next attempt.`);
  same(second.requests, first.requests, `${what}: the provider is asked for something else in the next attempt.`);
}

interface Tried {
  readonly atom: RunnableAtom;
  readonly input: unknown;
  /** Whether it comes to a declared failure. */
  readonly declines: boolean;
  /** What the provider answers where the test does not say. */
  readonly answer: ProviderReply;
}

/** Under everything that can go wrong, done and, where there is a compensation, undone. */
async function isExact<Output>(
  { declines, ...tried }: Tried,
  { undo, depth = 'singles', now, mayDiffer = [], ...surroundings }: AtomTestOptions<unknown, Output>,
): Promise<void> {
  // Whoever runs single atoms needs no simulation, and none of the platform's Lambdas.
  const { checkPair, Trial } = await import('./exactness/trial.ts');
  if (undo) checkPair(tried.atom.contract, undo.contract);
  const trial = { ...tried, now, mayDiffer, surroundings };
  const pairs = depth === 'pairs' ? PAIRS : 0;
  await new Trial({ ...trial, promised: declines ? 'declined' : 'succeeded' }).exhaust(pairs);
  if (!undo || declines) return;
  await new Trial({ ...trial, undo: erased(undo), promised: 'undone' }).exhaust(pairs);
}

const erased = (atom: unknown): RunnableAtom => atom as RunnableAtom;

const TAKEN: ProviderReply = { status: 201, body: {} };

const PAIRS = 1_000;

/** Mail is taken where the test says nothing of it. */
function withMail<Given extends RunOptions>({ uses }: Pick<AnyContract, 'uses'>, given: Given): Given {
  if (!uses.some(({ kind }) => kind === 'mail')) return given;
  return { ...given, aws: { SendEmail: () => ({ MessageId: 'mail-1' }), ...given.aws } };
}

/** What a provider answers of which the test says nothing: what a handler needs that hands its answer on. */
async function answerFor<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  example: Example<Input, Output, F>,
  given: RunOptions,
): Promise<ProviderReply | undefined> {
  if (!atom.contract.dependency || given.provider) return undefined;
  if ('output' in example) return { status: 201, body: example.output };
  for (const status of REFUSALS) {
    const answer = { status, body: example.failure.payload };
    const run = await runAtom(atom, example.input, { ...given, provider: () => answer }).catch(() => undefined);
    if (run?.declared?.name === example.failure.name) return answer;
  }
  return { status: REFUSALS[0], body: example.failure.payload };
}

/** What providers refuse with, tried until the handler declares what its example says. */
const REFUSALS = [402, 422, 409, 404, 400, 410, 412, 451, 200] as const;

/** What they did in an attempt that was lost makes no difference to the next one. */
const REPEATABLE: ReadonlySet<string> = new Set(['pure', 'keyed']);

const promised = (example: object): unknown =>
  'output' in example ? { output: example.output } : { declared: 'failure' in example ? example.failure : undefined };

const outcomeOf = ({ output, declared }: { readonly output?: unknown; readonly declared?: unknown }): unknown =>
  declared === undefined ? { output } : { declared };

function same(actual: unknown, expected: unknown, message: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof AssertionError) error.message = `${message}\n${error.message}`;
    throw error;
  }
}
