import { structuredPatch } from 'diff';
import type { Definition } from './layout.ts';

/** What has become of one state, or of what stands beside the states. */
export interface StateChange {
  /** Left out for what stands beside them: where it starts, its time limit. */
  readonly state?: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Of its JSON, each with `+`, `-` or a blank in front. */
  readonly lines: readonly string[];
}

/** What has changed in one state machine. */
export interface DefinitionChange {
  readonly machine: string;
  readonly workflow: string;
  readonly states: readonly StateChange[];
}

/** The state machines that differ, state by state. */
export function compareDefinitions(
  before: readonly Definition[],
  after: readonly Definition[],
): readonly DefinitionChange[] {
  const old = new Map(before.map((each) => [each.machine, each]));
  const kept = new Set(after.map(({ machine }) => machine));
  const pairs = [
    ...after.map(({ machine, workflow, content }) => ({
      ...{ machine, workflow },
      states: compareStates(old.get(machine)?.content, content),
    })),
    ...before
      .filter(({ machine }) => !kept.has(machine))
      .map(({ machine, workflow, content }) => ({ machine, workflow, states: compareStates(content, {}) })),
  ];
  return pairs.filter(({ states }) => states.length > 0);
}

function compareStates(from: Content = {}, to: Content = {}): readonly StateChange[] {
  const { States: before = {}, ...besideBefore } = from;
  const { States: after = {}, ...besideAfter } = to;
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [
    ...compareValues(undefined, besideBefore, besideAfter),
    ...[...names].flatMap((state) => compareValues(state, before[state], after[state])),
  ];
}

type Content = Definition['content'];

function compareValues(state: string | undefined, before: unknown, after: unknown): readonly StateChange[] {
  const [from, to] = [textOf(before), textOf(after)];
  if (from === to) return [];
  const { hunks } = structuredPatch('', '', from, to, '', '', { context: 0 });
  return [
    {
      ...(state === undefined ? {} : { state }),
      kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
      lines: hunks.flatMap(({ lines }) => lines.filter((line) => !line.startsWith('\\'))),
    },
  ];
}

const textOf = (value: unknown): string => (value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`);
