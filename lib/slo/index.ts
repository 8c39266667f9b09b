export {
  badShareAt,
  budgetSpent,
  checkObjective,
  detectionTime,
  errorBudget,
  fastestBurn,
  lowestObjective,
  ObjectiveError,
} from './burn.ts';
export { type BurnWindow, OBJECTIVE_PERIOD, PAGE_WINDOWS } from './windows.ts';
