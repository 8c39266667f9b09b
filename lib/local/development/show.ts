import type { DefinitionChange, StateChange } from './definitions.ts';
import type { DevelopmentEvent } from './events.ts';
import { describeMistakes } from './types.ts';

const SHOWN_FILES = 4;
const SHOWN_LINES = 40;

/** An event as lines for people. */
export function showEvent(event: DevelopmentEvent): readonly string[] {
  switch (event.event) {
    case 'ready':
      return [`ready      ${event.endpoint} after ${seconds(event)}`];
    case 'changed':
      return ['', `saved      ${listed(event.files)}`];
    case 'live':
      return event.kind === 'code'
        ? [`live       ${event.atoms.join(', ')} after ${seconds(event)}`]
        : [
            `live       ${listed([...event.workflows, ...event.atoms]) || 'the app'} after ${seconds(event)}`,
            ...firstLines(event.definitions.flatMap(showDefinition)),
          ];
    case 'unchanged':
      return ['unchanged  what is deployed stays as it is'];
    case 'refused':
      return [`refused    what was live stays`, ...firstLines(indented(event.reason))];
    case 'order':
      return [event.line];
    case 'failed':
      return ['failed', ...firstLines(indented(event.reason))];
    case 'mistakes':
      return ['types      mistakes that keep nothing from going live', ...indented(describeMistakes(event.mistakes))];
    case 'tested':
      return [
        `${event.right ? 'passed    ' : 'FAILED    '} ${listed(event.files)}`,
        ...firstLines(indented(event.output)),
      ];
    case 'outdated':
      return [`outdated   ${listed(event.files)}: part of this command, start it again to use it`];
  }
}

const seconds = ({ milliseconds }: { readonly milliseconds: number }): string =>
  `${(milliseconds / 1_000).toFixed(1)} s`;

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_FILES;
  return `${names.slice(0, SHOWN_FILES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const indented = (text: string): readonly string[] => (text ? text.split('\n').map((line) => `  ${line}`) : []);

const firstLines = (lines: readonly string[]): readonly string[] =>
  lines.length > SHOWN_LINES
    ? [...lines.slice(0, SHOWN_LINES), `  … and ${lines.length - SHOWN_LINES} lines more`]
    : lines;

const showDefinition = ({ machine, states }: DefinitionChange): readonly string[] => [
  `  ${machine}`,
  ...states.flatMap(showState),
];

const MARK = { added: '+', removed: '-', changed: '~' } as const;

const showState = ({ state, kind, lines }: StateChange): readonly string[] => [
  `    ${MARK[kind]} ${state ?? 'beside the states'}`,
  ...(kind === 'removed' ? [] : lines.map((line) => `      ${line}`)),
];
