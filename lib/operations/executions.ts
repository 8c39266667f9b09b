/**
 * The part of this room that needs Step Functions and SSM and nothing else. It is a door of its own for `lib/client`,
 * whose users should install no more than that.
 */
export { type DeployedWorkflow, findWorkflow, WorkflowNotDeployed } from './deployed-workflow.ts';
export { executionArnOf, stop } from './stop.ts';
export { type UndoStarted, undoExecutionArnOf } from './undo.ts';
