export { type CompiledWorkflow, compile } from './compile.ts';
export { inspectExecution, parkSteps } from './platform.ts';
export type { Json, State, StateMachine } from './states.ts';
export type { AtomName, Substitution } from './substitutions.ts';
export { pivotsOf, undoMachineName } from './undo-machine.ts';
