import { type Line, sized, span } from './line.ts';

/** What there is to look at and to try, once the orders have run. */
export interface NextSteps {
  /** Where the emulator answers. */
  readonly endpoint: string;
  readonly logs: readonly string[];
  /** The generated definition, and the diagram where there is one. */
  readonly definition: string;
  readonly diagram?: string;
  /** The workflow's own file. */
  readonly source: string;
  /** Whether the emulator runs on. */
  readonly running: boolean;
}

const LABEL = 10;

const hint = (label: string, text: string): Line => [span(`   ${sized(label, LABEL)}`, 'muted'), span(text)];

/** What to do next, a line each. */
export function nextLines({ endpoint, logs, definition, diagram, source, running }: NextSteps): readonly Line[] {
  const commands = running
    ? [
        [span('   Next, from another terminal', 'strong'), span(` (the app is at ${endpoint})`, 'muted')] as const,
        hint('order', 'npm run breakwater -- order --data \'{"country":"AQ"}\''),
        hint('break', 'npm run breakwater -- fault payments down    mend: … fault clear'),
      ]
    : [
        [span('   Next', 'strong')] as const,
        hint('stay', 'npm start, without --once, takes orders and breaks the provider'),
      ];
  return [
    ...commands,
    hint('logs', logs.join('  ')),
    hint('ASL', definition),
    ...(diagram ? [hint('diagram', diagram)] : []),
    hint('change', `${source}, and start again`),
  ];
}
