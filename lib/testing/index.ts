export type { Item } from '../simulation/index.ts';
export {
  AtomTestError,
  type Effect,
  endingOf,
  type Invariant,
  invariant,
  type Judged,
  ofEachOrder,
  type PlayedProvider,
  type PlayedReply,
  type PlayedRequest,
  type SimulatedOrder,
} from '../simulation/index.ts';
export { ExactnessError } from './exactness/exactness-error.ts';
export type { ProviderReply, ProviderRequest, Surroundings } from './outside.ts';
export {
  type AtomRun,
  type AtomSettlement,
  type Declared,
  type RunOptions,
  type RunTraces,
  runAtom,
  settleAtom,
} from './run-atom.ts';
export { type AtomTestOptions, testAtom } from './test-atom.ts';
export { testWorkflow, type WorkflowTest, type WorkflowTestOptions } from './test-workflow.ts';
