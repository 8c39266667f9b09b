export { loadSimulation, type SimulationSource, SimulationSourceError, simulationSource } from './source.ts';
