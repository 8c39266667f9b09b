import type { Context as LambdaContext } from 'aws-lambda';
import { type Command, type Inside, runInside } from '../process/inside.ts';
import type { Scheduled } from '../time/timeline.ts';

/** How an invocation ended. */
export type InvocationEnd =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: Error }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed' };

/** The code of a Lambda function. */
export type Code = (event: unknown, context: LambdaContext) => unknown;

/** What an invocation needs of the world around it. */
export interface Around {
  now(): number;
  random(): number;
  uuid(): string;
  /** Milliseconds by which the clock of a new process is wrong. */
  clockError(): number;
  after(milliseconds: number, act: () => void): Scheduled;
  send(invocation: Invocation, command: Command, signal: AbortSignal | undefined): Promise<unknown>;
  fetch(invocation: Invocation, address: string, options: RequestInit): Promise<Response>;
  log(line: readonly unknown[]): void;
}

export interface InvocationSettings {
  readonly functionName: string;
  readonly code: Code;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
}

/** What a process that is gone waits for: its code may still be in the middle of a turn, and asks nobody any more. */
const NEVER = new Promise<never>(() => undefined);

/**
 * One run of a function's code. It can be ended at any call that it makes: what it waits for then never comes, as in a
 * process that is gone. A zombie was given up by Lambda and goes on all the same.
 */
export class Invocation implements Inside {
  readonly id: string;
  readonly event: unknown;
  readonly variables: Readonly<Record<string, string>>;
  readonly #around: Around;
  readonly #settings: InvocationSettings;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly #deadline: number;
  readonly #clockError: number;
  #alive = true;
  #zombie = false;
  #ended = false;
  #end: (end: InvocationEnd) => void = () => undefined;
  #timer: Scheduled | undefined;

  constructor(around: Around, settings: InvocationSettings, event: unknown) {
    this.#around = around;
    this.#settings = settings;
    this.id = around.uuid();
    this.event = event;
    this.variables = settings.variables;
    this.#clockError = Math.round(around.clockError());
    this.startedAt = around.now();
    this.#deadline = this.startedAt + settings.timeoutMilliseconds;
  }

  /** @param end told once, however it ends */
  run(end: (end: InvocationEnd) => void): void {
    this.#end = end;
    this.#timer = this.#around.after(this.#settings.timeoutMilliseconds, () => this.#timeOut());
    // What runs outside must hear of the end, whatever the code itself threw.
    runInside(this, async () => this.#settings.code(this.event, this.#context())).then(
      (value) => this.#finish({ kind: 'returned', value }),
      (error: unknown) =>
        this.#finish({ kind: 'threw', error: error instanceof Error ? error : new Error(String(error)) }),
    );
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Whether Lambda has heard of its end, however it ended. */
  get ended(): boolean {
    return this.#ended;
  }

  get functionName(): string {
    return this.#settings.functionName;
  }

  get remainingMilliseconds(): number {
    return Math.max(0, this.#deadline - this.#around.now());
  }

  /** The process is gone. */
  crash(): void {
    this.#alive = false;
    this.#finish({ kind: 'crashed' });
  }

  /** From here on it outlives its time-out. */
  becomeZombie(): void {
    this.#zombie = true;
  }

  /** Gives an answer to whoever waits inside, if the process is still there. */
  answer<T>(act: (value: T) => void, value: T): void {
    if (this.#alive) act(value);
  }

  now(): number {
    return this.#around.now() + this.#clockError;
  }

  random(): number {
    return this.#around.random();
  }

  uuid(): string {
    return this.#around.uuid();
  }

  after(milliseconds: number, act: () => void): Scheduled {
    return this.#around.after(milliseconds, () => {
      if (this.#alive) act();
    });
  }

  send(command: Command, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown> {
    return this.#alive ? this.#around.send(this, command, options?.abortSignal) : NEVER;
  }

  fetch(address: string, options: RequestInit = {}): Promise<Response> {
    return this.#alive ? this.#around.fetch(this, address, options) : NEVER;
  }

  log(...line: unknown[]): boolean {
    if (this.#alive) this.#around.log(line);
    return false;
  }

  #timeOut(): void {
    if (!this.#zombie) this.#alive = false;
    this.#finish({ kind: 'timed-out' });
  }

  #finish(end: InvocationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#end(end);
  }

  #context(): LambdaContext {
    return {
      functionName: this.#settings.functionName,
      functionVersion: '1',
      awsRequestId: this.id,
      memoryLimitInMB: '256',
      getRemainingTimeInMillis: () => this.remainingMilliseconds,
    } as unknown as LambdaContext;
  }
}
