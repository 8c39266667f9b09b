import type { Context as LambdaContext } from 'aws-lambda';
import { contractId, type Envelope, undoPath } from '../contract/index.ts';
import { clients } from './clients.ts';
import { betweenParties, Fenced, NotAttempted, OutcomeUnknown, type Parties, Running } from './errors.ts';
import { type Atom, parseInput, type Ran, recordsTable, run } from './handler.ts';
import { lookUp } from './lookup.ts';
import type { Outcome } from './outcome.ts';
import { Existing, obey, once } from './persistence.ts';
import type { Origin, StepRecord } from './record.ts';
import { Records } from './records.ts';
import { ClaimedStep, CommittedStep, SKEW, type Step } from './stores.ts';

/** What a delivery came to, when nothing was thrown. */
export type Performed =
  | { readonly kind: 'done' | 'replayed'; readonly outcome: Outcome }
  /** Nothing to answer: the attempt is over, another one has taken its place. */
  | { readonly kind: 'stale' };

/** Where the records are. @throws MissingEnvironment */
export const stepRecords = (): Records => new Records(clients.dynamoDB(), recordsTable());

/**
 * Performs one delivery of `do` or `undo`: once under its key, whatever is delivered twice, late or at the same time.
 * @throws AtomError or any error of the handler, to be answered; Running, to be delivered again
 */
export async function perform(atom: Atom, envelope: Envelope, lambda: LambdaContext): Promise<Performed> {
  return toldParties(
    atom,
    envelope,
    envelope.verb === 'undo' ? undo(atom, envelope, lambda) : act(atom, envelope, lambda),
  );
}

/** One run of a pure atom: there is nothing to remember. @throws as `perform` */
export const performPure = (atom: Atom, envelope: Envelope): Promise<Outcome> =>
  toldParties(atom, envelope, runPure(atom, envelope));

async function runPure(atom: Atom, { execution, step, attempt, correlationId, input }: Envelope): Promise<Outcome> {
  const parsed = await parseInput(atom.contract, input);
  return (await run(atom, parsed, { key: { execution, step }, attempt, correlationId })).outcome;
}

async function toldParties<T>(atom: Atom, envelope: Envelope, performing: Promise<T>): Promise<T> {
  return performing.catch((error: unknown) => {
    throw betweenParties(error, partiesOf(atom, envelope));
  });
}

/** Who asks by a message, and who is asked. */
export const partiesOf = ({ contract }: Pick<Atom, 'contract'>, { execution, step, ...sent }: Envelope): Parties => ({
  producer: `${execution}/${step}`,
  compiledAgainst: sent.contract,
  consumer: contractId(contract),
});

async function act(atom: Atom, envelope: Envelope, lambda: LambdaContext): Promise<Performed> {
  const key = { execution: envelope.execution, step: envelope.step };
  const { contract } = atom;
  if (contract.effect.kind === 'pure') {
    return isStale(envelope) ? { kind: 'stale' } : { kind: 'done', outcome: await runPure(atom, envelope) };
  }
  return guarded(atom, envelope, lambda, {
    key,
    input: envelope.input,
    contract,
    records: stepRecords(),
    origin: origin(envelope),
  });
}

/** The compensation of a step: its input is what the step's own record says. */
async function undo(atom: Atom, envelope: Envelope, lambda: LambdaContext): Promise<Performed> {
  const records = stepRecords();
  const key = { execution: envelope.execution, step: envelope.step };
  const done = await records.read(key);
  const nothing = reasonForNothing(done);
  if (nothing) return { kind: 'done', outcome: { value: { undone: false, reason: nothing } } };
  if (!done?.outcome || !('value' in done.outcome)) {
    throw new OutcomeUnknown(`Whether ${key.step} happened is not known, so it cannot be undone.`);
  }
  const input = { input: done.input, output: done.outcome.value };
  const undoKey = { execution: key.execution, step: undoPath(key.step) };
  const performed = await guarded(
    atom,
    envelope,
    lambda,
    { key: undoKey, input, contract: atom.contract, records, origin: origin(envelope) },
    () => records.markUndone(key, Date.now()),
  );
  if (performed.kind === 'stale' || !('value' in performed.outcome)) return performed;
  return { ...performed, outcome: { value: { undone: true, reason: 'the step had happened' } } };
}

function reasonForNothing(record: StepRecord | undefined): string | undefined {
  if (!record) return 'the step was never begun';
  if (!record.outcome || 'value' in record.outcome) return undefined;
  return 'declined' in record.outcome
    ? `the step was declined: ${record.outcome.declined.name}`
    : 'the step was settled as not happened';
}

/** An effect under its key. A stale attempt does not begin, but a step that has its outcome is always answered. */
async function guarded(
  atom: Atom,
  envelope: Envelope,
  lambda: LambdaContext,
  step: Step,
  before: () => Promise<void> = async () => {},
): Promise<Performed> {
  if (isStale(envelope)) return answered(await step.records.read(step.key)) ?? { kind: 'stale' };
  const store = atom.contract.effect.kind === 'transaction' ? new CommittedStep(step) : new ClaimedStep(step);
  try {
    const input = await parseInput(step.contract, step.input);
    const { correlationId } = envelope;
    const effect = async (): Promise<Ran> => {
      await before();
      if (store instanceof CommittedStep) return run(atom, input, { key: step.key, attempt: 1, correlationId });
      const found = await findFirst(atom, input, store, correlationId);
      return found ? { outcome: found, writes: [] } : attempt(atom, input, store, correlationId);
    };
    const { outcome, replayed } = await once(store, effect, lambda);
    return { kind: replayed ? 'replayed' : 'done', outcome };
  } catch (error) {
    if (error instanceof Running || error instanceof Fenced) throw error;
    // What the step came to before goes before what goes wrong now: a handler may stumble over its own effect.
    const known = answered(await step.records.read(step.key).catch(() => undefined));
    if (known) return known;
    throw error;
  }
}

/**
 * Asks the provider first where an earlier attempt may have done it, and begins another only when it definitely has not.
 * @returns what was found
 * @throws Running until it is definite
 */
async function findFirst(
  atom: Atom,
  input: unknown,
  store: ClaimedStep,
  correlationId: string,
): Promise<Outcome | undefined> {
  if (!store.toFind) return undefined;
  const found = await lookUp(atom, input, store.toFind, correlationId);
  if (found.outcome) return found.outcome;
  if (!found.definite) throw new Running(found.definiteFrom, 'Nothing was found, and something may still come');
  await store.attemptAgain();
  return undefined;
}

/** One attempt at a provider. */
async function attempt(atom: Atom, input: unknown, store: ClaimedStep, correlationId: string): Promise<Ran> {
  const { key, attempt: which, lease: until } = store;
  const ran = await run(atom, input, { key, attempt: which, correlationId, until }).catch((error: unknown) => {
    store.attempted = !(error instanceof NotAttempted);
    throw error;
  });
  // What is refused now may be refused because of what was done before: the seat is taken, by this very order.
  // A provider that knows the key says the same to all attempts.
  if ('declined' in ran.outcome && store.attempt > 1 && atom.contract.effect.kind !== 'keyed') {
    throw new OutcomeUnknown(
      `${ran.outcome.declined.name}, after an attempt of which nobody knows whether it happened.`,
    );
  }
  return ran;
}

/** The answer that a record holds, if it holds one. @throws Fenced when the step has been undone */
function answered(record: StepRecord | undefined): Performed | undefined {
  if (!record?.outcome) return undefined;
  try {
    return obey(record, Date.now(), SKEW);
  } catch (error) {
    if (error instanceof Existing) return { kind: 'replayed', outcome: error.outcome };
    throw error;
  }
}

const isStale = ({ notStartedAfter }: Envelope): boolean =>
  notStartedAfter !== undefined && Date.now() > notStartedAfter;

export const origin = ({ contract, correlationId, notAfter }: Envelope): Origin => ({
  contract,
  correlationId,
  notAfter,
});
