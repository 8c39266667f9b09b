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
export type { TrialOptions, WorkflowTrial } from './exactness/workflow-trial.ts';
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
export { openTrial, testWorkflow } from './test-workflow.ts';
export type { WorkflowTest, WorkflowTestOptions } from './workflow-test.ts';
