import { keySource, source } from '../atom/texts.ts';
import type { UsableAtom } from '../usable-atom.ts';
import { stepSource, type Wiring } from '../wiring.ts';

/** One use of an atom in the workflow. */
export interface PlannedStep {
  readonly kind: 'step' | 'send';
  readonly name: string;
  readonly atom: UsableAtom;
  readonly wiring: Wiring;
}

export interface PlannedWorkflow {
  readonly name: string;
  /** `fulfilOrder` */
  readonly identifier: string;
  readonly steps: readonly PlannedStep[];
  /** The event that starts it, by the name that domain.ts exports it under. */
  readonly event: { readonly name: string; readonly identifier: string };
  /** Lines of import, each with its semicolon. */
  readonly imports: readonly string[];
  /** What it returns: a field, and where it comes from (`seat.quantity`). */
  readonly returned: readonly (readonly [field: string, from: string])[];
}

export const workflowText = ({ name, identifier, steps, event, imports, returned }: PlannedWorkflow): string => {
  const roots = [...new Set(returned.map(([, from]) => from.split(/[.[]/)[0]))];
  const value = returned.map(([field, from]) => `${keySource(field)}: ${from}`).join(', ');
  return `
${imports.join('\n')}
import { minutes } from '../../../lib/contract/index.ts';
import { workflow } from '../../../lib/workflow/index.ts';

export const ${identifier} = workflow('${name}', ${event.identifier}, {
  version: '1.0.0',
  deadline: minutes(15),
  slo: { availability: 0.999 },
})
  ${steps.map((step) => stepSource(step.kind, step.name, step.atom, step.wiring)).join('\n  ')}
  .returns(({ ${roots.join(', ')} }) => ({ ${value} }));
`;
};

/** Holds the names of the steps, and that the events of the demonstration are what the workflow takes. */
export const workflowTest = ({ identifier, steps }: PlannedWorkflow): string => `
import { expect, test } from '@jest/globals';
import { check } from '../../../lib/contract/index.ts';
import { nodesOf } from '../../../lib/workflow/index.ts';
import { demonstration } from './demonstration.ts';
import { ${identifier} } from './workflow.ts';

test('steps keep their names, under which running orders are recorded, and their undos', () => {
  const steps = [...nodesOf(${identifier}.plan.body)].map((node) => ({
    name: node.name,
    undo: node.kind === 'step' ? node.undo?.name : undefined,
  }));
  expect(steps).toEqual(${source(steps.map(planned))});
});

test('every order of the demonstration is taken, but for those that are to be rejected', async () => {
  for (const { event, expected } of demonstration.orders(10, 'test')) {
    const { valid } = await check(${identifier}.input, event.data);
    expect(valid).toBe(!expected.includes('rejected'));
  }
});
`;

const planned = ({ kind, name, atom }: PlannedStep): object => ({
  name,
  ...(kind === 'step' && atom.undo ? { undo: atom.undo.name } : {}),
});
