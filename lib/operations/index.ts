export { type DeployedWorkflow, findWorkflow, parameterName, WorkflowNotDeployed } from './deployed-workflow.ts';
export { journeyOf, readJourney, type Visit } from './journey.ts';
export { keepResult, type ResultKept, type StatusChange } from './keep-result.ts';
export { type ParkedStep, type ParkedSteps, parkSteps } from './park.ts';
export { isRunning } from './running.ts';
export { executionArnOf, stop } from './stop.ts';
export { hasEntered, startUndo, type UndoRequest, type UndoStarted } from './undo.ts';
