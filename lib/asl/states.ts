/** The part of the Amazon States Language (JSONata) that the compiler writes. */
export interface StateMachine {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State = TaskState | ChoiceState | WaitState | SucceedState | FailState;

/** JSON in which strings of the form `{% … %}` are JSONata expressions. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Assign = Readonly<Record<string, Json>>;

/** Where a state goes: to another state, or to the end. */
export type Transition = { readonly Next: string } | { readonly End: true };

export type TaskState = {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly TimeoutSeconds: number;
  readonly Arguments: Json;
  readonly Assign?: Assign;
  readonly Output?: Json;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
} & Transition;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Assign;
  readonly Output?: Json;
  readonly Next: string;
}

export interface ChoiceState {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default: string;
  /** For the way to Default. */
  readonly Assign?: Assign;
  readonly Output?: Json;
}

export interface ChoiceRule {
  readonly Condition: string;
  readonly Assign?: Assign;
  readonly Output?: Json;
  readonly Next: string;
}

export interface WaitState {
  readonly Type: 'Wait';
  readonly Seconds: number;
  readonly Assign?: Assign;
  readonly Next: string;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Json;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly Cause: string;
}
