import { type AnyContract, isFindable } from '../../contract/index.ts';
import { ASKS_THE_SAME } from '../../simulation/index.ts';
import { RESTORED, WORKS } from './invariants.ts';
import { REACHES_NOTHING_ELSE, WRITES_NOTHING_ITSELF } from './watched.ts';

/** What to change, by the invariant that does not hold: what such a finding comes from, as a rule. */
export function adviceFor(invariant: string, contract: AnyContract | undefined): string {
  const advice = ADVICE[invariant];
  return typeof advice === 'function' ? advice(contract?.effect) : (advice ?? OTHERWISE);
}

type Of = AnyContract['effect'] | undefined;

const TWICE: Readonly<Record<string, string>> = {
  keyed:
    'Ask the provider through context.provider.post: it carries the step’s key, by which the provider knows an attempt again. If the provider does not deduplicate, say so in the contract: lookup({ quietAfter }) if it can be asked, else unguarded({ duplicates }).',
  lookup:
    'Have find ask for what do has sent: send context.key along as a reference, ask by it, and return undefined only when the provider says that it has nothing.',
  transaction:
    'Return the writes, so that they are committed together with the step’s record: { output, writes: [ … ] }.',
};

const OTHERWISE = 'docs/architecture.md says what the protocol promises, and what it needs of an atom for that.';

const ADVICE: Readonly<Record<string, string | ((effect: Of) => string)>> = {
  [WORKS]:
    'See that the handler answers these inputs, with what the test lets it meet (tables, provider, aws); what it throws is tried again, and given up in the end.',
  [RESTORED]:
    'Have the undo take back exactly what its step did, by what the step’s input and output say. If an undo is to leave a trace in an attribute, name it: mayDiffer: [ … ].',
  [ASKS_THE_SAME]:
    'Make the request of the input and of context.key, .random() and .id() alone: they are the same in every attempt. context.attempt and context.now() are not, and belong into no request.',
  [REACHES_NOTHING_ELSE]:
    'Take it from the context: context.now(), context.random(), context.id(), context.provider or context.fetch. What must be the same in every attempt belongs into the input.',
  [WRITES_NOTHING_ITSELF]:
    'Return it, so that it is committed once, together with the step’s record: effect: transaction, and { output, writes: [{ Put: { … } }] }. What the handler writes itself is written again in another attempt, and nobody knows to undo it.',
  'no effect happens twice': (effect) =>
    TWICE[effect && isFindable(effect) ? 'lookup' : (effect?.kind ?? '')] ?? (TWICE.keyed as string),
  'after a failure every effect that happened is undone, once, the newest first':
    'See that the undo takes back all that its step did: its writes, or its request to the provider. Return context.fail(…) only for what the provider definitely refused. For everything of which it is not known whether it happened (no answer, a status of 500 and above, an answer that means nothing), throw: the attempt is then settled before anything is decided.',
  'records say what happened': (effect) =>
    `${effect && isFindable(effect) ? `${TWICE.lookup} ` : ''}Return context.fail(…) only for what definitely did not happen, and throw for the rest: what is declared is recorded as not done.`,
  'an order that succeeded did all that it went through':
    'Return an output only when the effect has happened. What is refused is a declared failure, what is not known is thrown.',
  'nothing is undone that did not happen':
    'An undo is called for effects that are recorded. Do nothing in it beyond what its step’s input and output say.',
  'nothing is parked that could have been done':
    'See what the handler threw each time that it was asked again. What can be answered in the end must not depend on the attempt, and what cannot is a declared failure: context.fail(…).',
  'every order ends, and none that failed is left uncompensated':
    'See that the undo can succeed for everything that its step can have done: what it throws is tried again, and in the end parked for a person.',
};
