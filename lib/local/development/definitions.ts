import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Writes those that differ from what is there, as `npm run generate` does. */
export async function writeDefinitions(root: string, definitions: readonly Definition[]): Promise<void> {
  for (const { path, text } of definitions) {
    const file = join(root, path);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** The state machines that differ, state by state. */
export function compareDefinitions(
  before: readonly Definition[],
  after: readonly Definition[],
): readonly DefinitionChange[] {
  const old = new Map(before.map((each) => [each.machine, each]));
  const kept = new Set(after.map(({ machine }) => machine));
  const pairs = [
    ...after.map((each) => ({ ...each, from: old.get(each.machine)?.text, to: each.text })),
    ...before.filter(({ machine }) => !kept.has(machine)).map((each) => ({ ...each, from: each.text, to: undefined })),
  ];
  return pairs
    .filter(({ from, to }) => from !== to)
    .map(({ machine, workflow, from, to }) => ({ machine, workflow, states: compareStates(from, to) }));
}

function compareStates(from: string | undefined, to: string | undefined): readonly StateChange[] {
  const { States: before = {}, ...besideBefore } = parsed(from);
  const { States: after = {}, ...besideAfter } = parsed(to);
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [
    ...compareValues(undefined, besideBefore, besideAfter),
    ...[...names].flatMap((state) => compareValues(state, before[state], after[state])),
  ];
}

const parsed = (text = '{}') => JSON.parse(text) as { readonly States?: Readonly<Record<string, unknown>> };

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
