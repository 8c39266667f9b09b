import type { Context as LambdaContext, SQSEvent, SQSRecord } from 'aws-lambda';
import {
  type Contract,
  ContractDefinitionError,
  contractId,
  type Effect,
  type Envelope,
  ErrorName,
  type Failures,
  isFindable,
  majorOf,
} from '../contract/index.ts';
import { type Answer, answerOf, answerOfError, errorNameOf, send } from './answer.ts';
import { checkEnvelope, readEnvelope } from './envelope.ts';
import { AtomError, betweenParties, ContractBroken, MalformedEnvelope, Running, Transient } from './errors.ts';
import type { Atom, Served } from './handler.ts';
import { observed } from './observed.ts';
import { type Performed, partiesOf, perform, performPure } from './perform.ts';
import { deadLetter, deliverAgainAt, nextTry, receiveEach } from './queue.ts';
import { settle } from './settle.ts';
import { type Delivery, type Details, type Happening, loaded, maskingFor, report } from './telemetry.ts';

/** A Lambda function's handler: batches of its queue, or a direct call by a state machine. */
export type AtomFunction = (event: unknown, lambda: LambdaContext) => Promise<unknown>;

/** What `serve` makes. It says what it is made of, so that a test can run the atom (lib/testing). */
export interface ServedAtom<Input, Output, F extends Failures> extends AtomFunction {
  readonly contract: Contract<Input, Output, F>;
  readonly handler: Atom['handler'];
  /** There if the contract's effect can be found. */
  readonly find?: NonNullable<Atom['find']>;
}

/**
 * Makes a Lambda handler of an atom: reads the envelope, checks the contract, performs the step once under its key,
 * answers the token. Batches fail record by record, never by a throw that takes neighbours along.
 *
 * @example
 * export const handler = serve(chargePayment, async (charge, { provider, fail }) => {
 *   const answer = await provider.post('/charges', charge, { expects: [402] });
 *   return answer.status === 402 ? fail('CardDeclined', answer.body) : answer.body;
 * });
 * @example
 * // effect: lookup({ quietAfter: seconds(30) }): the carrier can be asked what it has under a reference
 * export const handler = serve(bookShipment, {
 *   do: async (parcel, { provider, key }) => (await provider.post('/shipments', { ...parcel, reference: key })).body,
 *   find: async (_, { provider, key }) => {
 *     const answer = await provider.get(`/shipments/${key}`, { expects: [404] });
 *     return answer.status === 404 ? undefined : answer.body;
 *   },
 * });
 * @throws ContractDefinitionError if there is no `find` where the contract says that the effect can be found, or one
 *   where it does not; the compiler says so before
 */
export function serve<Input, Output, F extends Failures, Parsed, Returned, E extends Effect>(
  contract: Contract<Input, Output, F, Parsed, Returned, E>,
  served: Served<F, NoInfer<Parsed>, NoInfer<Returned>, E>,
): ServedAtom<Input, Output, F> {
  const atom = atomOf(contract as unknown as Contract, served as Atom['handler'] | FindableAtom);
  loaded();
  const receive: AtomFunction = (event, lambda) =>
    isBatch(event) ? receiveEach(event, lambda, (record) => deliver(atom, record, lambda)) : call(atom, event, lambda);
  return Object.assign(receive, { ...atom, contract });
}

/** The functions of an atom whose effect can be found. */
interface FindableAtom {
  readonly do: Atom['handler'];
  readonly find: NonNullable<Atom['find']>;
}

function atomOf(contract: Contract, served: Atom['handler'] | FindableAtom): Atom {
  const findable = isFindable(contract.effect);
  if (findable && typeof served !== 'function') return { contract, handler: served.do, find: served.find };
  if (!findable && typeof served === 'function') return { contract, handler: served };
  throw new ContractDefinitionError(
    `Atom ${contractId(contract)}`,
    findable
      ? 'Its effect can be found, and it is served without find.'
      : 'Its effect cannot be found, and it is served with find.',
    findable
      ? 'Write serve(contract, { do: …, find: … }).'
      : 'Write serve(contract, handler), or the effect as lookup({ quietAfter }) or keyed({ keyLifetime, find: true, quietAfter }).',
  );
}

/** One message of the queue. @throws to have it delivered again */
async function deliver(served: Atom, record: SQSRecord, lambda: LambdaContext): Promise<void> {
  const { atom, seen } = observed(served);
  const delivery: Delivery = { contract: atom.contract, record, lambda, begun: Date.now(), seen };
  const tell = (happening: Happening, details: Details = {}): void => report(delivery, happening, details);

  let envelope: Envelope;
  try {
    envelope = readEnvelope(record.body);
  } catch (error) {
    if (!(error instanceof MalformedEnvelope)) throw error;
    await deadLetter(record, error.message);
    if (error.token) await send(error.token, answerOfError(new ContractBroken(error.message)));
    tell('malformed', { error });
    return;
  }
  delivery.envelope = envelope;

  if (Date.now() > envelope.notAfter) {
    tell('expired');
    return;
  }

  let performed: Performed;
  try {
    checkMeant(atom.contract, envelope, 'queue');
    performed = await perform(atom, envelope, lambda);
  } catch (error) {
    if (error instanceof Running) {
      await deliverAgainAt(record, error.until);
      tell('waiting', { error });
      throw error;
    }
    const answer = errorNameOf(error);
    let heard = {};
    try {
      heard = await fail(record, envelope, maskingFor(delivery).error(error));
    } finally {
      tell(answer === ErrorName.Fenced ? 'fenced' : 'failed', { error, answer, ...heard });
    }
    return;
  }
  if (performed.kind === 'stale') {
    tell('stale');
    return;
  }
  try {
    const reply = answerOf(performed.outcome);
    const heard = await answer(envelope, reply);
    tell(happeningOf(performed), { ...heard, ...('error' in reply ? { answer: reply.error } : {}) });
  } catch (error) {
    // The step has its outcome, only the answer could not be given: the next delivery gives it again.
    await deliverAgainAt(record, nextTry(record));
    tell('unanswered', { error });
    throw error;
  }
}

/** Tells the state machine, which decides about another attempt; where none waits, the queue is what tries again. */
async function fail(record: SQSRecord, envelope: Envelope, error: unknown): Promise<{ heard?: boolean }> {
  if (envelope.token !== undefined) return answer(envelope, answerOfError(error));
  if (errorNameOf(error) === ErrorName.Transient) {
    await deliverAgainAt(record, nextTry(record));
    throw error;
  }
  if (errorNameOf(error) !== ErrorName.Fenced) {
    await deadLetter(record, error instanceof Error ? error.message : String(error));
  }
  return {};
}

async function answer({ token }: Envelope, what: Answer): Promise<{ heard?: boolean }> {
  return token === undefined ? {} : { heard: await send(token, what) };
}

function happeningOf({ kind, outcome }: Extract<Performed, { outcome: unknown }>): Happening {
  if ('fenced' in outcome) return 'fenced';
  return 'declined' in outcome && kind === 'done' ? 'declined' : kind;
}

/** A direct call: a pure atom's answer, or a settlement. @throws AtomError, whose name the state machine's retriers match */
async function call(served: Atom, event: unknown, lambda: LambdaContext): Promise<unknown> {
  const { atom, seen } = observed(served);
  const { contract } = atom;
  const delivery: Delivery = { contract, lambda, begun: Date.now(), seen };
  try {
    const envelope = checkEnvelope(event);
    delivery.envelope = envelope;
    checkMeant(contract, envelope, 'direct');
    if (envelope.verb === 'settle') {
      const settlement = await settle(atom, envelope);
      report(delivery, 'settled', { settlement });
      return { ...settlement, reason: maskingFor(delivery).text(settlement.reason) };
    }
    const result = await callPure(atom, envelope);
    report(delivery, 'done', {});
    return result;
  } catch (error) {
    const thrown = asAtomError(error);
    report(delivery, 'failed', { error, answer: thrown.name });
    // Lambda writes what is thrown into the function's log.
    throw maskingFor(delivery).error(thrown);
  }
}

async function callPure(atom: Atom, envelope: Envelope): Promise<unknown> {
  const reply = answerOf(await performPure(atom, envelope));
  if ('output' in reply) return JSON.parse(reply.output);
  throw betweenParties(new ContractBroken(reply.cause), partiesOf(atom, envelope));
}

/**
 * Whether a message is for this atom: its contract, its major version, a verb that it has, by the way that it takes.
 * @throws ContractBroken
 */
function checkMeant(contract: Contract, envelope: Envelope, way: 'queue' | 'direct'): void {
  const { contract: wanted, verb } = envelope;
  const own = contractId(contract);
  const refuse = (problem: string): never => {
    throw betweenParties(new ContractBroken(problem), partiesOf({ contract }, envelope));
  };
  const [name, version = ''] = wanted.split('@');
  if (name !== contract.name || majorOf(version) !== majorOf(contract.version)) {
    refuse(
      `The message is for ${wanted}, and this is ${own}. Producer and consumer were deployed from different contracts.`,
    );
  }
  const { effect, undoes } = contract;
  const problem =
    verb === 'undo' && !undoes
      ? 'undoes nothing'
      : verb === 'do' && undoes
        ? 'is a compensation: its verb is undo'
        : verb === 'settle' && (way === 'queue' || effect.kind === 'pure')
          ? 'is settled by a direct call only, and only if it has an effect'
          : verb !== 'settle' && way === 'direct' && effect.kind !== 'pure'
            ? 'has an effect: it is reached through its queue, not called directly'
            : undefined;
  if (problem) refuse(`A message with the verb ${verb} came to ${own}, which ${problem}.`);
}

/** The state machine's retriers know a closed set of names. */
function asAtomError(error: unknown): AtomError {
  if (error instanceof AtomError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MalformedEnvelope
    ? new ContractBroken(message, { cause: error })
    : new Transient(message, { cause: error });
}

const isBatch = (event: unknown): event is SQSEvent =>
  event !== null && typeof event === 'object' && 'Records' in event && Array.isArray(event.Records);
