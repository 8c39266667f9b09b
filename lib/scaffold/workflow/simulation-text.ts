import { AVAILABLE } from '../atom/taking.ts';
import { keySource, source } from '../atom/texts.ts';
import type { DemonstratedWorkflow } from './demonstration-text.ts';

/** The world in which `breakwater simulate` runs the workflow. */
export function simulationText({ name, data, stocked }: DemonstratedWorkflow): string {
  const fields = Object.entries(data).map(([field, value]) =>
    field === 'orderId' ? 'orderId' : `${keySource(field)}: ${source(value)}`,
  );
  const item = stocked && [
    ...Object.entries(stocked.key).map(([field, value]) => `${field}: ${source(value)}`),
    `${AVAILABLE}: AVAILABLE`,
  ];
  return [
    "import type { SimulatedWorld } from '../../../lib/simulation/index.ts';",
    '',
    ...(stocked ? ['/** What there is at first. */', 'const AVAILABLE = 10_000;', ''] : []),
    'const order =',
    '  (change: object = {}) =>',
    `  (${'orderId' in data ? 'orderId' : '_id'}: string): object => ({ ${[...fields, '...change'].join(', ')} });`,
    '',
    '/**',
    ' * The world in which orders are simulated: what they are, what they meet, and (invariants) what has to hold in the end',
    ' * beside what the protocol promises. docs/simulation.md says more.',
    ' *',
    ` * npm run breakwater -- simulate ${name}`,
    ' */',
    'export const simulation: SimulatedWorld = {',
    '  paths: {',
    '    ordinary: order(),',
    ...(stocked ? ["    'more than is left': order({ quantity: AVAILABLE + 1 }),"] : []),
    '  },',
    ...(stocked && item ? [`  tables: { ${keySource(stocked.table)}: [{ ${item.join(', ')} }] },`] : []),
    '};',
    '',
  ].join('\n');
}
