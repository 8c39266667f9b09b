import type { Json, StateMachine } from '../../asl/index.ts';
import type { Scheduled } from '../time/timeline.ts';
import type { State, TaskState } from './definition.ts';
import { evaluate, QueryEvaluationError, type Scope } from './expressions.ts';
import { catcherFor, nextAttemptIn, type RetryCounts, retrierFor, type TaskFailure } from './retries.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One attempt of a task. */
export interface Attempt {
  readonly state: string;
  /** From 1. */
  readonly number: number;
  readonly scheduledAt: number;
  failure?: TaskFailure;
  succeeded?: boolean;
}

/** What a task is asked to do, and how it says what came of it. */
export interface TaskCall {
  readonly execution: Execution;
  readonly state: string;
  readonly resource: string;
  readonly args: Json;
  readonly token: string;
  succeed(result: unknown): void;
  fail(failure: TaskFailure): void;
}

/** What an execution needs of the world around it. */
export interface ExecutionWorld {
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  uuid(): string;
  after(milliseconds: number, act: () => void): Scheduled;
  call(task: TaskCall): void;
  /** Before a state is entered. Whoever ends the execution here ends it. */
  onEnter(execution: Execution, state: string): void;
  onEnd(execution: Execution): void;
}

export interface ExecutionSettings {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly definition: StateMachine;
  readonly input: unknown;
}

/** Step Functions' limit for what goes into a state and comes out of it. */
const LARGEST_PAYLOAD_BYTES = 256 * 1024;

/**
 * One execution of a Standard state machine, as far as the compiler's definitions go: Task, Choice, Wait, Succeed and
 * Fail in JSONata; retriers with backoff, cap and full jitter; catches; a new token for each attempt; time limits of
 * tasks and of the machine, which runs no Catch; data limits. Every Assign sees the variables from before.
 */
export class Execution {
  readonly settings: ExecutionSettings;
  readonly startedAt: number;
  /** What expressions see of it. */
  readonly #context: object;
  readonly #machine: object;
  readonly attempts: Attempt[] = [];
  /** In the order in which they were entered. */
  readonly entered: string[] = [];
  /** Retriers and catches that were used: `payment Retry[1]`, `payment Catch[0]`. */
  readonly used = new Set<string>();
  status: ExecutionStatus = 'RUNNING';
  endedAt: number | undefined;
  output: unknown;
  failure: TaskFailure | undefined;
  #variables: Readonly<Record<string, unknown>> = {};
  /** Epoch milliseconds at which the state was entered that it is in. */
  #enteredAt = 0;
  readonly #world: ExecutionWorld;
  readonly #limit: Scheduled;
  #current: Scheduled | undefined;
  /** Counts what was begun: an answer to what is over comes too late. */
  #turn = 0;
  /** The token of the attempt that is under way. */
  #token: string | undefined;

  constructor(world: ExecutionWorld, settings: ExecutionSettings) {
    this.#world = world;
    this.settings = settings;
    this.startedAt = world.now();
    const { arn, name, input, machineArn, machineName } = settings;
    this.#context = { Id: arn, Name: name, Input: input, StartTime: new Date(this.startedAt).toISOString() };
    this.#machine = { Id: machineArn, Name: machineName };
    this.#limit = world.after(settings.definition.TimeoutSeconds * 1_000, () =>
      this.#end('TIMED_OUT', undefined, { error: 'States.Timeout', cause: '' }),
    );
  }

  begin(): void {
    this.#byItself(() => this.#enter(this.settings.definition.StartAt, this.settings.input));
  }

  /** Ends it from outside: no Catch runs. */
  stop(status: 'ABORTED' | 'FAILED', failure: TaskFailure): void {
    this.#end(status, undefined, failure);
  }

  isWaitingFor(token: string): boolean {
    return this.status === 'RUNNING' && this.#token === token;
  }

  #enter(name: string, input: unknown): void {
    this.#next();
    if (this.status !== 'RUNNING') return;
    this.#world.onEnter(this, name);
    if (this.status !== 'RUNNING') return;
    this.entered.push(name);
    this.#enteredAt = this.#world.now();
    const state = this.settings.definition.States[name];
    if (!state) {
      this.#end('FAILED', undefined, { error: 'States.Runtime', cause: `There is no state ${name}.` });
      return;
    }
    this.#perform(name, state, input).catch((error: unknown) => {
      const failure =
        error instanceof QueryEvaluationError
          ? { error: error.name, cause: error.message }
          : { error: 'States.Runtime', cause: String(error) };
      this.#end('FAILED', undefined, failure);
    });
  }

  async #perform(name: string, state: State, input: unknown): Promise<void> {
    switch (state.Type) {
      case 'Task':
        return this.#attempt(name, state, input, 1, new Map());
      case 'Choice': {
        const scope = this.#scope(name, { input });
        for (const choice of state.Choices) {
          if (await this.#holds(choice.Condition, scope)) return this.#leave(choice, scope, input, choice.Next);
        }
        return this.#leave(state, scope, input, state.Default);
      }
      case 'Wait': {
        const scope = this.#scope(name, { input });
        this.#current = this.#world.after(state.Seconds * 1_000, () => {
          this.#leave(state, scope, input, state.Next).catch((error: unknown) => this.#broken(error));
        });
        return;
      }
      case 'Succeed':
        return this.#leave(state, this.#scope(name, { input }), input, undefined);
      case 'Fail': {
        const scope = this.#scope(name, { input });
        const error = await this.#text(state.Error, scope);
        const cause = await this.#text(state.Cause, scope);
        return this.#end('FAILED', undefined, { error, cause });
      }
    }
  }

  async #holds(condition: string, scope: Scope): Promise<boolean> {
    const value = await evaluate(condition, scope);
    if (typeof value === 'boolean') return value;
    throw new QueryEvaluationError(`The Condition '${condition}' is no boolean: ${JSON.stringify(value)}.`);
  }

  async #text(template: string, scope: Scope): Promise<string> {
    const value = await evaluate(template, scope);
    if (typeof value === 'string') return value;
    throw new QueryEvaluationError(`The expression '${template}' gives no text: ${JSON.stringify(value)}.`);
  }

  async #attempt(name: string, state: TaskState, input: unknown, number: number, counts: RetryCounts): Promise<void> {
    const token = this.#world.uuid();
    const scope = this.#scope(name, { input }, { token, retries: number - 1 });
    const attempt: Attempt = { state: name, number, scheduledAt: this.#world.now() };
    this.attempts.push(attempt);
    const turn = this.#next();
    this.#token = token;
    let timer: Scheduled | undefined;
    const over = (): boolean => this.#turn !== turn || this.status !== 'RUNNING';
    const fail = (failure: TaskFailure): void => {
      if (over()) return;
      timer?.cancel();
      attempt.failure = failure;
      this.#next();
      this.#byItself(() => this.#failed(name, state, input, number, counts, failure));
    };
    const succeed = (result: unknown): void => {
      if (over()) return;
      timer?.cancel();
      attempt.succeeded = true;
      this.#next();
      this.#byItself(() =>
        this.#succeeded(name, state, input, number, result).catch((error: unknown) => {
          if (!(error instanceof QueryEvaluationError)) throw error;
          return this.#failed(name, state, input, number, counts, { error: error.name, cause: error.message });
        }),
      );
    };
    let args: unknown;
    try {
      args = await evaluate(state.Arguments, scope);
    } catch (error) {
      if (!(error instanceof QueryEvaluationError)) throw error;
      return fail({ error: error.name, cause: error.message });
    }
    if (over()) return;
    if (!fits(args)) return this.#tooLarge(name);
    timer = this.#world.after(state.TimeoutSeconds * 1_000, () => fail({ error: 'States.Timeout', cause: '' }));
    this.#current = timer;
    const { Resource: resource } = state;
    this.#world.call({ execution: this, state: name, resource, args: args as Json, token, succeed, fail });
  }

  async #succeeded(name: string, state: TaskState, input: unknown, number: number, result: unknown): Promise<void> {
    if (!fits(result)) return this.#tooLarge(name);
    const scope = this.#scope(name, { input, result }, { retries: number - 1 });
    return this.#leave(state, scope, result, 'Next' in state ? state.Next : undefined);
  }

  async #failed(
    name: string,
    state: TaskState,
    input: unknown,
    number: number,
    counts: RetryCounts,
    failure: TaskFailure,
  ): Promise<void> {
    const { Retry, Catch = [] } = state;
    const delay = nextAttemptIn(Retry, counts, failure, () => this.#world.random());
    const retrier = retrierFor(Retry, failure);
    if (retrier) this.used.add(`${name} Retry[${Retry.indexOf(retrier)}]`);
    if (delay !== undefined) {
      this.#current = this.#world.after(delay, () => {
        this.#attempt(name, state, input, number + 1, counts).catch((error: unknown) => this.#broken(error));
      });
      return;
    }
    const catcher = catcherFor(Catch, failure);
    if (!catcher) return this.#end('FAILED', undefined, failure);
    this.used.add(`${name} Catch[${Catch.indexOf(catcher)}]`);
    const errorOutput = { Error: failure.error, Cause: failure.cause };
    const scope = this.#scope(name, { input, errorOutput }, { retries: number - 1 });
    return this.#leave(catcher, scope, errorOutput, catcher.Next);
  }

  /**
   * At the same time, when nothing else happens: how long an expression takes depends on whether its result is
   * remembered, and what else happens must not come before it in one run and behind it in the next.
   */
  #byItself(act: () => Promise<void> | void): void {
    this.#current = this.#world.after(0, () => {
      Promise.resolve(act()).catch((error: unknown) => this.#broken(error));
    });
  }

  /** What was waited for is not waited for any more. */
  #next(): number {
    this.#token = undefined;
    this.#turn += 1;
    return this.#turn;
  }

  /** Assigns, makes the output, and goes on or ends. */
  async #leave(
    fields: { readonly Assign?: Readonly<Record<string, Json>>; readonly Output?: Json },
    scope: Scope,
    otherwise: unknown,
    next: string | undefined,
  ): Promise<void> {
    const output = fields.Output === undefined ? otherwise : await evaluate(fields.Output, scope);
    if (fields.Assign) {
      const assigned = (await evaluate(fields.Assign, scope)) as Record<string, unknown>;
      this.#variables = { ...this.#variables, ...assigned };
    }
    if (!fits(output)) return this.#tooLarge(this.entered.at(-1) ?? '');
    if (next === undefined) this.#end('SUCCEEDED', output, undefined);
    else this.#enter(next, output);
  }

  #tooLarge(state: string): void {
    const cause = `The state ${state} returned more than ${LARGEST_PAYLOAD_BYTES} bytes.`;
    this.#end('FAILED', undefined, { error: 'States.DataLimitExceeded', cause });
  }

  #broken(error: unknown): void {
    const failure =
      error instanceof QueryEvaluationError
        ? { error: error.name, cause: error.message }
        : { error: 'States.Runtime', cause: String(error) };
    this.#end('FAILED', undefined, failure);
  }

  #end(status: ExecutionStatus, output: unknown, failure: TaskFailure | undefined): void {
    if (this.status !== 'RUNNING') return;
    this.#next();
    this.#limit.cancel();
    this.#current?.cancel();
    this.status = status;
    this.output = output;
    this.failure = failure;
    this.endedAt = this.#world.now();
    this.#world.onEnd(this);
  }

  #scope(
    state: string,
    reserved: object,
    { token, retries = 0 }: { readonly token?: string; readonly retries?: number } = {},
  ): Scope {
    const enteredAt = this.#enteredAt;
    const context = {
      Execution: this.#context,
      State: {
        Name: state,
        RetryCount: retries,
        get EnteredTime() {
          return new Date(enteredAt).toISOString();
        },
      },
      StateMachine: this.#machine,
      ...(token === undefined ? {} : { Task: { Token: token } }),
    };
    return { states: { ...reserved, context }, variables: this.#variables, now: this.#world.now() };
  }
}

/** What goes through states unchanged is measured once. */
const fitting = new WeakSet<object>();

function fits(value: unknown): boolean {
  const kept = typeof value === 'object' && value !== null ? value : undefined;
  if (kept && fitting.has(kept)) return true;
  const text = JSON.stringify(value) ?? '';
  const does = text.length * 3 <= LARGEST_PAYLOAD_BYTES || Buffer.byteLength(text) <= LARGEST_PAYLOAD_BYTES;
  if (kept && does) fitting.add(kept);
  return does;
}
