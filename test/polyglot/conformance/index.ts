export type { ConformingAtom } from './atom.ts';
export { type ConformanceCase, conformanceCases } from './case.ts';
export { describeConformance } from './describe.ts';
export { play } from './play.ts';
export { ConformanceStage } from './stage.ts';
