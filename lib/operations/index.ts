export {
  answerDeadLetter,
  type LetterAnswered,
  type LetterClients,
  type LetterOffice,
} from './dead-letters.ts';
export { type DeployedWorkflow, findWorkflow, parameterName, WorkflowNotDeployed } from './deployed-workflow.ts';
export { journeyOf, readJourney, type Visit } from './journey.ts';
export { keepResult, type ResultKept, type StatusChange } from './keep-result.ts';
export { type Letter, readLetter } from './letter.ts';
export { DEAD_LETTERS, type LetterRow } from './letter-rows.ts';
export { type ListedLetter, listDeadLetters, readBody } from './list-dead-letters.ts';
export { type ParkedStep, type ParkedSteps, parkSteps } from './park.ts';
export { isRunning } from './running.ts';
export { executionArnOf, stop } from './stop.ts';
export { type SweepClients, type Swept, sweep } from './sweep.ts';
export { hasEntered, startUndo, type UndoRequest, type UndoStarted } from './undo.ts';
