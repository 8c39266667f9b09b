export type {
  AccountLine,
  Breakage,
  DemonstratedEnd,
  DemonstratedOrder,
  DemonstratedOutcome,
  Demonstration,
  Incident,
} from './demonstration.ts';
export {
  type DemonstratedWorkflow,
  findDemonstration,
  findDependencies,
  findWorkflow,
  NothingToShow,
  type ShownWorkflow,
} from './find.ts';
export { DemonstrationStalled, type FollowedOrder, type FollowOptions, follow } from './follow.ts';
export {
  type DemonstrationEvent,
  type DemonstrationResult,
  type EndedOrder,
  newRun,
  runDemonstration,
  runOneOrder,
  type SentOrder,
} from './run.ts';
export { columnsOf, type DemonstratedStep, type StepColumn, stepsOf } from './steps.ts';
