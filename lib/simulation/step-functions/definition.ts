import type { StateMachine } from '../../asl/index.ts';

export type State = StateMachine['States'][string];
export type TaskState = Extract<State, { Type: 'Task' }>;
export type Retrier = TaskState['Retry'][number];
export type Catcher = NonNullable<TaskState['Catch']>[number];
