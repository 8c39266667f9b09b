import { AssertionError, deepStrictEqual } from 'node:assert';
import { contractId, type Example, type Failures } from '../contract/index.ts';
import type { ServedAtom } from '../runtime/index.ts';
import { AtomTestError } from '../simulation/index.ts';
import { type RunOptions, runAtom } from './run-atom.ts';

/**
 * Holds an atom to its contract: every example gives what the contract says, and an attempt after a lost one gives the
 * same again and asks the provider for the same thing, which a provider that deduplicates insists on.
 *
 * @param options what the atom meets, for all examples or by the example
 * @example
 * test('does what its contract says', () => testAtom(handler));
 * test('does what its contract says', () => testAtom(handler, { provider: () => ({ status: 201, body: { chargeId: 'c' } }) }));
 * @throws AssertionError with the example that came to something else
 * @throws AtomTestError if there are no examples: nothing would be tested
 */
export async function testAtom<Input, Output, F extends Failures>(
  atom: ServedAtom<Input, Output, F>,
  options: RunOptions | ((example: Example<Input, Output, F>) => RunOptions) = {},
): Promise<void> {
  const { contract } = atom;
  if (contract.examples.length === 0) {
    throw new AtomTestError(
      `${contractId(contract)} has no examples. Write in its contract: examples: [{ input: { … }, output: { … } }].`,
    );
  }
  for (const [index, example] of contract.examples.entries()) {
    const given = typeof options === 'function' ? options(example) : options;
    const what = `Example ${index + 1} of ${contractId(contract)}`;
    const first = await runAtom(atom, example.input, given);
    same(outcomeOf(first), promised(example), `${what} comes to something else.`);
    if (!REPEATABLE.has(contract.effect.kind)) continue;
    const second = await runAtom(atom, example.input, { ...given, attempt: (given.attempt ?? 1) + 1 });
    same(outcomeOf(second), promised(example), `${what} comes to something else in the next attempt.`);
    same(second.requests, first.requests, `${what}: the provider is asked for something else in the next attempt.`);
  }
}

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
