export {
  ContractViolation,
  type Duration,
  hours,
  type Issue,
  milliseconds,
  minutes,
  type Schema,
  seconds,
} from '../contract/index.ts';
export { type UndoStarted, WorkflowNotDeployed } from '../operations/executions.ts';
export type { AwsClients, ConnectionOptions } from './aws.ts';
export type { Description, UndoProgress } from './describe.ts';
export type { Declined, End } from './end.ts';
export { type Failure, IdConflict, NotEnded, NotStarted, WorkflowClientError, WorkflowFailed } from './errors.ts';
export type { WaitOptions } from './wait.ts';
export {
  type DeclaredWorkflow,
  type Started,
  type WorkflowAddress,
  type WorkflowClient,
  workflowClient,
} from './workflow-client.ts';
