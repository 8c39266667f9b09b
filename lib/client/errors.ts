import { type Duration, describeDuration } from '../contract/index.ts';

/** What all of a client's own errors know. */
export abstract class WorkflowClientError extends Error {
  abstract override readonly name: string;
  readonly workflow: string;
  readonly id: string;

  constructor({ workflow, id }: Order, message: string, options?: ErrorOptions) {
    super(`${workflow} "${id}" ${message}`, options);
    this.workflow = workflow;
    this.id = id;
  }
}

/** Which one an error is about. */
export interface Order {
  readonly workflow: string;
  readonly id: string;
  /** Of the platform that the workflow is deployed with. Left out, none. */
  readonly prefix?: string;
}

/** The id was used for another input before. */
export class IdConflict extends WorkflowClientError {
  override readonly name = 'IdConflict';
  /** The first place where the inputs differ: `lines[0].quantity`; empty for the input itself. */
  readonly path: string;

  constructor(order: Order, path: string) {
    super(
      order,
      `was started before with another input: it differs at ${path || 'the input itself'}. An id names one order for ever: give a new order an id of its own, or send the input that this one was started with.`,
    );
    this.path = path;
  }
}

/** There is no execution of that id. `result` says so only when its time is over: an event may still be on its way. */
export class NotStarted extends WorkflowClientError {
  override readonly name = 'NotStarted';

  constructor(order: Order, executionArn: string) {
    super(
      order,
      `was never started: there is no execution ${executionArn}. Check the id, the account and the region. If an event was to start it, that may have been refused: the queue ${order.prefix ?? ''}rejected-${order.workflow} says why.`,
    );
  }
}

/** The time to wait is over, and the order is not. */
export class NotEnded extends WorkflowClientError {
  override readonly name = 'NotEnded';
  readonly within: Duration;
  /** Whether it was seen at work. If not, it may also not have been started. */
  readonly running: boolean;

  /** @param trouble what stood in the way of learning more, if anything did */
  constructor(order: Order, within: Duration, running: boolean, trouble: unknown) {
    const known = running
      ? `has not ended within ${describeDuration(within)}. It goes on`
      : `is not known to have ended within ${describeDuration(within)}; it may be at work, or not have been started`;
    super(
      order,
      `${known}: ask again with result(), look with describe(), or end it with stop().`,
      trouble === undefined ? undefined : { cause: trouble },
    );
    this.within = within;
    this.running = running;
  }
}

/** What an order ended with that neither succeeded nor was declined. */
export interface Failure {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** The error that began it, such as `States.Timeout`. Step Functions' own where it was ended from outside. */
  readonly error?: string | undefined;
  /** What the failed atom said, or the reason that `stop` was given. */
  readonly reason?: string | undefined;
  /** Where it failed. Not known of one that was ended from outside. */
  readonly step?: string | undefined;
  /** What it had done is undone. */
  readonly compensated: boolean;
  /** What it had done is undone but for something that waits for an operator. */
  readonly parked: boolean;
}

/** The order failed, timed out or was stopped. `cause` is all that Step Functions says of it. */
export class WorkflowFailed extends WorkflowClientError implements Failure {
  override readonly name = 'WorkflowFailed';
  readonly status: Failure['status'];
  readonly error: string | undefined;
  readonly reason: string | undefined;
  readonly step: string | undefined;
  readonly compensated: boolean;
  readonly parked: boolean;

  constructor(order: Order, failure: Failure, cause: unknown) {
    super(order, `${whatHappened(failure)}. ${whatNow(failure)}`, { cause });
    this.status = failure.status;
    this.error = failure.error;
    this.reason = failure.reason;
    this.step = failure.step;
    this.compensated = failure.compensated;
    this.parked = failure.parked;
  }
}

function whatHappened({ status, error, reason, step }: Failure): string {
  const why = reason ? ` (${reason.slice(0, 200)})` : '';
  if (status === 'ABORTED') return `was stopped${why}`;
  if (status === 'TIMED_OUT') return `passed the time limit of its machine${why}`;
  return `failed${step ? ` at ${step}` : ''}: ${error ?? 'unknown error'}${why}`;
}

function whatNow({ compensated, parked }: Failure): string {
  if (compensated) return 'What it had done is undone; mend the cause, and start it again under another id.';
  if (parked) {
    return 'Something of what it had done could not be undone and waits for an operator: do not start it again before that is decided.';
  }
  return 'What it had done is being undone: describe() says how far that is.';
}
