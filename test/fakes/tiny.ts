/** The smallest workflow that is worth simulating: it calls one pure atom. Real compiler, real runtime. */
import * as z from 'zod';
import { contract, event, minutes, pure } from '../../lib/contract/index.ts';
import { serve } from '../../lib/runtime/index.ts';
import { type Invariant, Simulation } from '../../lib/simulation/index.ts';
import { workflow } from '../../lib/workflow/index.ts';

const double = contract({
  name: 'double',
  version: '1.0.0',
  summary: 'Doubles a number.',
  input: z.object({ n: z.int() }),
  output: z.object({ n: z.int() }),
  effect: pure,
});

const asked = event({ name: 'asked', version: '1.0.0', payload: z.object({ n: z.int() }) });

const tiny = workflow('tiny', asked, { version: '1.0.0', deadline: minutes(15), slo: { availability: 0.999 } })
  .step('twice', double, ({ input }) => ({ n: input.n }))
  .returns(({ twice }) => ({ n: twice.n }));

/** @param invariants what has to hold beside what the protocol promises */
export const tinySimulation = (...invariants: readonly Invariant[]): Simulation =>
  new Simulation({
    workflow: tiny,
    atoms: [serve(double, ({ n }) => ({ n: 2 * n }))],
    paths: { one: () => ({ n: 1 }), 'a hundred': () => ({ n: 100 }) },
    invariants,
  });
