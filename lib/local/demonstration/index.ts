export type {
  AccountLine,
  DemonstratedEnd,
  DemonstratedOrder,
  DemonstratedOutcome,
  Demonstration,
} from './demonstration.ts';
export { type DemonstrationResult, DemonstrationStalled, type EndedOrder, runDemonstration } from './run.ts';
export { accountLine, orderLine } from './show.ts';
