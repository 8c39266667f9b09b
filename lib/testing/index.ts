export type { Item } from '../simulation/index.ts';
export { AtomTestError } from '../simulation/index.ts';
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
