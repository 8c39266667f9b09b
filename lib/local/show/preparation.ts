import { turning } from './cells.ts';
import { type Line, seconds, sized, span } from './line.ts';

/** What is prepared before the first order. */
export type PartName = 'emulator' | 'synthesis' | 'bootstrap' | 'stacks' | 'types';

/** How far one of them is. Times on the clock of `performance.now()`. */
export interface Part {
  readonly name: PartName;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  readonly since?: number;
  readonly milliseconds?: number;
  /** What it is at, or what came of it. */
  readonly detail?: string;
}

/** A stack on its way. */
export interface StackProgress {
  readonly name: string;
  readonly resources: number;
  readonly done: boolean;
}

export interface Preparation {
  readonly parts: readonly Part[];
  readonly stacks: readonly StackProgress[];
}

export const NOTHING_PREPARED: Preparation = {
  parts: (['emulator', 'synthesis', 'bootstrap', 'stacks', 'types'] as const).map((name) => ({
    name,
    state: 'waiting',
  })),
  stacks: [],
};

/** Something that happens to a part. */
export type PreparationEvent =
  | { readonly kind: 'part-began'; readonly part: PartName; readonly at: number }
  | { readonly kind: 'part-says'; readonly part: PartName; readonly text: string }
  | { readonly kind: 'part-ended'; readonly part: PartName; readonly at: number; readonly detail?: string }
  | { readonly kind: 'part-halted'; readonly part: PartName; readonly failed: boolean; readonly at: number }
  | { readonly kind: 'stacks'; readonly stacks: readonly { readonly name: string; readonly resources: number }[] }
  | { readonly kind: 'stack'; readonly name: string }
  /** All that is under way has failed, or was ended before it was done. */
  | { readonly kind: 'halt'; readonly failed: boolean; readonly at: number };

export function prepare(preparation: Preparation, event: PreparationEvent): Preparation {
  const { parts, stacks } = preparation;
  const change = (part: PartName, to: (part: Part) => Part): Preparation => ({
    ...preparation,
    parts: parts.map((each) => (each.name === part ? to(each) : each)),
  });
  switch (event.kind) {
    case 'part-began':
      return change(event.part, ({ name }) => ({ name, state: 'running', since: event.at }));
    case 'part-says':
      return change(event.part, (part) => ({ ...part, detail: event.text }));
    case 'part-ended':
      return change(event.part, ({ name, since = event.at }) => ({
        name,
        state: 'done',
        milliseconds: event.at - since,
        ...(event.detail === undefined ? {} : { detail: event.detail }),
      }));
    case 'stacks':
      return { ...preparation, stacks: event.stacks.map((stack) => ({ ...stack, done: false })) };
    case 'stack':
      return {
        ...preparation,
        stacks: stacks.map((stack) => (stack.name === event.name ? { ...stack, done: true } : stack)),
      };
    case 'part-halted':
      return change(event.part, (part) => halted(part, event));
    case 'halt':
      return { ...preparation, parts: parts.map((part) => halted(part, event)) };
  }
}

const halted = (part: Part, { failed, at }: { readonly failed: boolean; readonly at: number }): Part =>
  part.state === 'running'
    ? { ...part, state: failed ? 'failed' : 'stopped', milliseconds: at - (part.since ?? at) }
    : part;

const SIGN = { waiting: '·', running: '', done: '✔', failed: '✘', stopped: '■' } as const;
const TONE = { waiting: 'muted', running: undefined, done: 'good', failed: 'bad', stopped: 'muted' } as const;

export const LABEL: Readonly<Record<PartName, string>> = {
  emulator: 'emulator',
  synthesis: 'synthesis',
  bootstrap: 'bootstrap',
  stacks: 'stacks',
  types: 'type check',
};

/** What each is, while there is nothing better to say of it. */
export const ABOUT: Readonly<Record<PartName, string>> = {
  emulator: 'AWS on this machine: MiniStack, no Docker, no account',
  synthesis: 'bundles the Lambdas and makes the templates',
  bootstrap: 'prepares the account for CDK',
  stacks: 'deploys the app as it would be to AWS',
  types: 'the whole project',
};

const LABEL_WIDTH = 11;
const TIME_WIDTH = 7;
const BAR_WIDTH = 16;

/** The list of tasks, a line each; while stacks deploy, another with their names. */
export function preparationLines({ parts, stacks }: Preparation, width: number, now: number): readonly Line[] {
  const detailWidth = Math.max(10, Math.min(width, 100) - 5 - LABEL_WIDTH - TIME_WIDTH - 1);
  return parts.flatMap((part) => {
    const { name, state, since, milliseconds = since === undefined ? undefined : now - since } = part;
    const detail = name === 'stacks' && state === 'running' ? stacksText(stacks) : (part.detail ?? ABOUT[name]);
    const line: Line = [
      span('   '),
      span(state === 'running' ? turning(now) : SIGN[state], TONE[state]),
      span(` ${sized(LABEL[name], LABEL_WIDTH)}`, state === 'waiting' ? 'muted' : undefined),
      span(sized(detail, detailWidth), 'muted'),
      span(sized(milliseconds === undefined ? '' : seconds(milliseconds), TIME_WIDTH, 'right'), 'muted'),
    ];
    return name === 'stacks' && state === 'running' ? [line, namesLine(stacks)] : [line];
  });
}

function stacksText(stacks: readonly StackProgress[]): string {
  const total = stacks.reduce((sum, { resources }) => sum + resources, 0);
  const done = stacks.reduce((sum, stack) => sum + (stack.done ? stack.resources : 0), 0);
  return `${bar(total === 0 ? 0 : done / total, BAR_WIDTH)} ${done} of ${total} resources`;
}

/** `━━━━━━────` */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}

const namesLine = (stacks: readonly StackProgress[]): Line => [
  span(' '.repeat(5 + LABEL_WIDTH)),
  ...stacks.flatMap(({ name, done }) => [
    span(`${shortName(name)}${done ? ' ✔' : ' ·'}  `, done ? ('good' as const) : ('muted' as const)),
  ]),
];

/** `fulfil-order` for `Breakwater-Workflow-fulfil-order`: the last words are what tells stacks from each other. */
const shortName = (name: string): string => name.replace(/^[^-]+-/, '').replace(/^Workflow-/, '');
