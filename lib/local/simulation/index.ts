export type { Explored, Job } from './job.ts';
export { readFault, readReplay, type Told, tell, toldOf } from './replay.ts';
export { sideBySide } from './side-by-side.ts';
export { loadSimulation, type SimulationSource, SimulationSourceError, simulationSource } from './source.ts';
