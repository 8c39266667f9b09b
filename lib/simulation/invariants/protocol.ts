import { DECLARED_PREFIX, majorId } from '../../contract/index.ts';
import { nodesOf, type StepNode } from '../../workflow/index.ts';
import type { Item } from '../dynamodb/item.ts';
import type { Execution } from '../step-functions/execution.ts';
import type { Effect, SimulatedOrder } from '../world/evidence.ts';
import { endingOf } from './ends.ts';
import type { Invariant, Judged } from './invariant.ts';

const stepsOf = ({ plan }: Judged): readonly StepNode[] =>
  [...nodesOf(plan.body)].filter((node): node is StepNode => node.kind === 'step');

/** What is worked out of a run for one invariant serves the others. */
function onceARun<T>(make: (run: Judged) => T): (run: Judged) => T {
  const made = new WeakMap<Judged, T>();
  return (run) => {
    let value = made.get(run);
    if (value === undefined) {
      value = make(run);
      made.set(run, value);
    }
    return value;
  };
}

/** Effects that are to happen once: not mail, nor what the contract says does no harm when it happens again. */
const exactEffects = onceARun(({ plan, effects }): readonly Effect[] => {
  const harmless = new Set<string>();
  for (const node of nodesOf(plan.body)) {
    if (node.kind !== 'step' && node.kind !== 'send') continue;
    const { effect } = node.atom;
    if (effect.kind === 'none' && effect.duplicates === 'harmless') harmless.add(node.name);
  }
  return effects.filter(({ by, step }) => by !== 'mail' && !harmless.has(step));
});

/** As `Map.groupBy`, which Node 20 does not have. */
function grouped<T>(all: readonly T[], by: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(by(each));
    if (group) group.push(each);
    else groups.set(by(each), [each]);
  }
  return groups;
}

const effectsByOrder = onceARun((run) => grouped(exactEffects(run), ({ order }) => order));

const effectsOf = (run: Judged, { id }: SimulatedOrder): readonly Effect[] => effectsByOrder(run).get(id) ?? [];

const rowsByOrder = onceARun((run) => grouped(run.records, ({ execution }) => String(execution)));

const rowOf = (run: Judged, order: string, step: string): Item | undefined =>
  rowsByOrder(run)
    .get(`${run.workflow}:${order}`)
    ?.find((row) => row.step === step);

const nameOf = ({ order, step, undo }: Effect): string => `${order}/${step}${undo ? '~undo' : ''}`;

const everyOrderEnds: Invariant = {
  name: 'every order ends, and none that failed is left uncompensated',
  *check({ orders }) {
    for (const order of orders) {
      if (endingOf(order).kind !== 'unfinished') continue;
      const { execution, undo } = order;
      yield `${order.id} is ${execution.status}${execution.failure ? ` (${execution.failure.error})` : ''}, its undo machine ${undo ? `${undo.status} (${undo.failure?.error})` : 'was never started'}.`;
    }
  },
};

const noEffectTwice: Invariant = {
  name: 'no effect happens twice',
  *check(run) {
    const seen = new Map<string, Effect>();
    for (const effect of exactEffects(run)) {
      const first = seen.get(nameOf(effect));
      if (first) yield `${nameOf(effect)} happened, and again ${(effect.at - first.at) / 1_000} seconds later.`;
      else seen.set(nameOf(effect), effect);
    }
  },
};

const undoneExactly: Invariant = {
  name: 'after a failure every effect that happened is undone, once, the newest first',
  *check(run) {
    const undoable = new Set(stepsOf(run).flatMap(({ name, undo }) => (undo ? [name] : [])));
    for (const order of run.orders) {
      const ending = endingOf(order);
      if (ending.effects === 'undecided') continue;
      const effects = effectsOf(run, order);
      const done = effects.filter(({ undo, step }) => !undo && undoable.has(step));
      const undone = effects.filter(({ undo }) => undo);
      if (ending.effects === 'stay') {
        for (const { step } of undone) yield `${order.id} kept what it did, and ${step} was undone.`;
        continue;
      }
      const { kind, parked } = ending;
      const toUndo = done.filter(({ step }) => !parked.some((each) => each.step === step));
      for (const { step } of toUndo) {
        if (!undone.some((each) => each.step === step)) yield `${order.id} ${kind}, and ${step} was not undone.`;
      }
      // What is parked may still come, in whatever order.
      const newestFirst = toUndo.toSorted((a, b) => b.at - a.at).map(({ step }) => step);
      for (const way of waysBack(order, undone)) {
        const asUndone = way.filter((step) => newestFirst.includes(step));
        const expected = newestFirst.filter((step) => asUndone.includes(step));
        if (expected.join() !== asUndone.join()) {
          yield `${order.id} was undone in the order ${asUndone.join(', ')}; the newest first would be ${expected.join(', ')}.`;
        }
      }
    }
  },
};

/**
 * What was undone on each machine's way back. What the undo machine had asked for by then is its own; all else is the
 * first machine's, for what that asked for before it was stopped may still be done after it.
 */
function waysBack({ execution, undo }: SimulatedOrder, undone: readonly Effect[]): readonly (readonly string[])[] {
  const isSeconds = (effect: Effect): boolean => undo !== undefined && lastAsked(undo, effect) >= 0;
  const first = undone.filter((effect) => !isSeconds(effect) && !(undo && gaveUp(execution, effect)));
  return [first, undone.filter(isSeconds)].map((way) => way.map(({ step }) => step));
}

/** Which of a machine's attempts was the last to ask for an undo before it was done; -1 if none had. */
const lastAsked = ({ attempts }: Execution, { step, at }: Effect): number =>
  attempts.findLastIndex(({ state, scheduledAt }) => state === `undo-${step}` && scheduledAt <= at);

/**
 * Whether a machine that was stopped had given an undo up, and gone on to the next, before it was done: it may come in
 * whatever order. One that came to its own end has parked what it gave up.
 */
function gaveUp(execution: Execution, effect: Effect): boolean {
  const last = lastAsked(execution, effect);
  const next = execution.attempts[last + 1];
  return (
    last >= 0 && execution.attempts[last]?.failure !== undefined && next !== undefined && next.scheduledAt <= effect.at
  );
}

const nothingElseUndone: Invariant = {
  name: 'nothing is undone that did not happen',
  *check(run) {
    for (const order of run.orders) {
      const effects = effectsOf(run, order);
      for (const undo of effects.filter((each) => each.undo)) {
        const done = effects.find((each) => !each.undo && each.step === undo.step);
        if (!done || done.at > undo.at)
          yield `${nameOf(undo)} happened, and ${undo.step} ${done ? 'only later' : 'never'}.`;
      }
    }
  },
};

const declaredIsFinal: Invariant = {
  name: 'a declared failure is final',
  *check({ orders }) {
    for (const { id, execution } of orders) {
      for (const [index, { state, failure }] of execution.attempts.entries()) {
        if (!failure?.error.startsWith(DECLARED_PREFIX)) continue;
        const next = execution.attempts[index + 1];
        if (next?.state === state) yield `${id} tried ${state} again after ${failure.error}.`;
      }
    }
  },
};

const recordsAgree: Invariant = {
  name: 'records say what happened',
  *check(run) {
    for (const order of run.orders) {
      const { parked, effects } = endingOf(order);
      for (const effect of effects === 'undecided' ? [] : effectsOf(run, order)) {
        if (parked.some(({ step }) => step === effect.step)) continue;
        const record = rowOf(run, effect.order, `${effect.step}${effect.undo ? '~undo' : ''}`);
        const outcome = record?.outcome as { value?: unknown } | undefined;
        if (!outcome || !('value' in outcome)) {
          yield `${nameOf(effect)} happened, and its record says ${JSON.stringify(outcome) ?? 'nothing'}.`;
        }
      }
    }
  },
};

const successIsWhole: Invariant = {
  name: 'an order that succeeded did all that it went through',
  *check(run) {
    const steps = stepsOf(run).filter(({ atom }) => atom.effect.kind === 'keyed' || atom.effect.kind === 'transaction');
    for (const order of run.orders) {
      if (endingOf(order).kind !== 'succeeded') continue;
      const done = new Set(effectsOf(run, order).map(({ step }) => step));
      for (const { name } of steps) {
        if (order.execution.entered.includes(name) && !done.has(name)) {
          yield `${order.id} succeeded, and ${name} never happened.`;
        }
      }
    }
  },
};

const parkedAreRows: Invariant = {
  name: 'what is parked is a row',
  *check(run) {
    for (const order of run.orders) {
      for (const { step, verb } of endingOf(order).parked) {
        if (!rowOf(run, order.id, `${step}~parked~${verb}`))
          yield `${order.id} parked ${verb} ${step}, and there is no row of it.`;
      }
    }
  },
};

/**
 * A person is asked only where it has to be: a provider or a service was gone for longer than is tried, or the undo's own
 * message was dead, or answered with nonsense, or nobody can tell what happened. Anything shorter is waited out.
 */
const parkedOfNeed: Invariant = {
  name: 'nothing is parked that could have been done',
  *check(run) {
    if (run.struck.some(({ kind }) => kind === 'gone' || kind === 'service-gone')) return;
    const undoOf = new Map(stepsOf(run).flatMap(({ name, undo }) => (undo ? [[name, majorId(undo)]] : [])));
    const untold = new Set(stepsOf(run).flatMap(({ name, atom }) => (atom.effect.kind === 'none' ? [name] : [])));
    for (const order of run.orders) {
      const { parked, effects } = endingOf(order);
      if (effects !== 'undone') continue;
      for (const { step, verb, error } of parked) {
        if (untold.has(step)) continue;
        const dead = `${order.id}/${step} message to ${undoOf.get(step)}`;
        const explained = run.struck.some(
          ({ at, kind }) =>
            (kind === 'dead' && at.startsWith(dead)) || (kind === 'garbled' && at.startsWith(`${order.id}/${step}`)),
        );
        if (!explained) yield `${order.id} parked ${verb} ${step} (${error}).`;
      }
    }
  },
};

/** It runs no Catch: it is longer than the worst path, so that it is never what ends an execution. */
const limitNeverFires: Invariant = {
  name: 'the time limit of a machine never ends it',
  *check({ orders }) {
    for (const { id, execution, undo } of orders) {
      for (const each of [execution, undo]) {
        if (each?.status === 'TIMED_OUT') yield `${each.settings.machineName} of ${id} took too long.`;
      }
    }
  },
};

const nothingLies: Invariant = {
  name: 'no message is left lying',
  *check({ left }) {
    for (const [queue, count] of Object.entries(left)) {
      if (!queue.endsWith('-dead-letters')) yield `${count} in ${queue}.`;
    }
  },
};

/** What the protocol promises of every workflow. */
export const PROTOCOL_INVARIANTS: readonly Invariant[] = [
  everyOrderEnds,
  noEffectTwice,
  undoneExactly,
  nothingElseUndone,
  declaredIsFinal,
  recordsAgree,
  successIsWhole,
  parkedAreRows,
  parkedOfNeed,
  limitNeverFires,
  nothingLies,
];
