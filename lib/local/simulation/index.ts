export type { Explored, Job } from './job.ts';
export { pointLines, readFault, readReplay, type Told, tell, toldOf, whyMissed } from './replay.ts';
export { sideBySide } from './side-by-side.ts';
export { loadSimulation, type SimulationSource, SimulationSourceError, simulationSource } from './source.ts';
