import { executionKey, executionName, type Schema } from '../contract/index.ts';
import { type DeployedWorkflow, executionArnOf, stop, type UndoStarted } from '../operations/executions.ts';
import type { ConnectionOptions } from './aws.ts';
import { type Connection, connect } from './connection.ts';
import { type Description, describe } from './describe.ts';
import { type End, readEnd } from './end.ts';
import { NotStarted, type Order } from './errors.ts';
import { inputText } from './input.ts';
import { start } from './start.ts';
import { type WaitOptions, waitForEnd } from './wait.ts';

/** A workflow as it is declared. */
export interface DeclaredWorkflow<Input, Output> {
  readonly plan: { readonly name: string };
  readonly input: Schema<Input, unknown>;
  /** For its type only. */
  readonly output?: Output;
}

/** What is known of a workflow whose declaration one does not have. */
export interface WorkflowAddress<Input, Output> {
  readonly name: string;
  readonly input: Schema<Input, unknown>;
  /** Checks the values that it returns. Left out, they are taken as they are. */
  readonly output?: Schema<unknown, Output>;
}

/** What came of a start. */
export interface Started {
  readonly id: string;
  readonly executionArn: string;
  /** Whether this very call began it. False where it had begun before with the same input, whether it has ended or not. */
  readonly started: boolean;
}

/**
 * A deployed workflow, for an application that uses it. An order is named by an id of the caller's own, such as the
 * number of an order in a shop: the same id that an event would bring. Its executions are remembered for 90 days.
 *
 * All methods throw `WorkflowNotDeployed` where no such workflow is deployed, and what AWS answers where something is
 * not allowed: `Workflow.grantUse` (breakwater/constructs) allows what they call.
 */
export interface WorkflowClient<Input, Output> {
  readonly workflow: string;

  /**
   * Starts an order, once however often it is called.
   * @throws ContractViolation before anything leaves, for an input that breaks the schema
   * @throws IdConflict where the id was used for another input
   */
  start(input: Input, options: { readonly id: string }): Promise<Started>;

  /**
   * Waits for the end of an order. Any number of calls at a time is fine: the rows that keep ends are read in batches
   * for all calls of a process. Where no row comes, Step Functions is asked, at most five times a second in a process.
   * An id that nobody has started is waited for as well: the event that starts it may be on its way.
   * After an operator has redriven an order that had failed, the earlier end is told until the next one.
   * @throws WorkflowFailed where it failed, timed out or was stopped
   * @throws NotEnded when the time is over, or NotStarted if Step Functions knows of no such execution then; the
   * signal's reason
   * @throws ContractViolation for a value that breaks the schema of results
   */
  result(id: string, options: WaitOptions): Promise<End<Output>>;

  /** Says how an order stands: one call of DescribeExecution, or two where it was ended from outside. @throws NotStarted */
  describe(id: string): Promise<Description<Output>>;

  /**
   * Ends an order and has undone what it did so far. One that has ended already is left as it is.
   * @returns whether its undo was begun by this call, and if not, why
   * @throws NotStarted
   */
  stop(id: string, reason: string): Promise<UndoStarted>;
}

/**
 * The client of a deployed workflow, typed by it. It makes its AWS clients at first use, and shares them, what it knows
 * and what it waits for with the other clients of the process.
 *
 * @param workflow the declared workflow, or its name and schemas
 * @example
 * import { seconds, workflowClient } from 'breakwater/client';
 * const fulfilment = workflowClient(fulfilOrder);
 * await fulfilment.start(order, { id: 'order-17' });
 * const end = await fulfilment.result('order-17', { within: seconds(30) });
 * if (end.status === 'declined') console.log(end.failure.name);
 */
export function workflowClient<Input, Output>(
  workflow: DeclaredWorkflow<Input, Output>,
  options?: ConnectionOptions,
): WorkflowClient<Input, Output>;
export function workflowClient<Input, Output = unknown>(
  workflow: WorkflowAddress<Input, Output>,
  options?: ConnectionOptions,
): WorkflowClient<Input, Output>;
export function workflowClient<Input, Output>(
  workflow: DeclaredWorkflow<Input, Output> | WorkflowAddress<Input, Output>,
  options: ConnectionOptions = {},
): WorkflowClient<Input, Output> {
  const address: WorkflowAddress<Input, Output> =
    'plan' in workflow ? { name: workflow.plan.name, input: workflow.input } : workflow;
  return new Client(address, connect(options));
}

class Client<Input, Output> implements WorkflowClient<Input, Output> {
  readonly workflow: string;
  readonly #input: Schema<Input, unknown>;
  readonly #output: Schema<unknown, Output> | undefined;
  readonly #connection: Connection;

  constructor({ name, input, output }: WorkflowAddress<Input, Output>, connection: Connection) {
    this.workflow = name;
    this.#input = input;
    this.#output = output;
    this.#connection = connection;
  }

  async start(input: Input, { id }: { readonly id: string }): Promise<Started> {
    const order = this.#order(id);
    const text = await inputText(this.#input as Schema<unknown, unknown>, input, this.workflow);
    return this.#at(order, async ({ liveArn }, { name, executionArn }) => {
      const started = await start(this.#connection.stepFunctions, { order, liveArn, name, executionArn, text });
      return { id, executionArn, started };
    });
  }

  async result(id: string, options: WaitOptions): Promise<End<Output>> {
    const order = this.#order(id);
    checkWait(options);
    let until: number | undefined;
    const ended = await this.#at(order, ({ resultsTable }, { name, executionArn }) => {
      options.signal?.throwIfAborted();
      // Where the workflow was deployed anew meanwhile, what is left of the time counts.
      until ??= performance.now() + options.within.milliseconds;
      const place = { executionArn, execution: executionKey(this.workflow, name), resultsTable };
      return waitForEnd(this.#connection.watch, order, place, { ...options, until });
    });
    return readEnd(order, ended, this.#output);
  }

  async describe(id: string): Promise<Description<Output>> {
    const order = this.#order(id);
    return this.#at(order, ({ undoMachineArn }, execution) =>
      describe(this.#connection.stepFunctions, { order, undoMachineArn, ...execution }, this.#output),
    );
  }

  async stop(id: string, reason: string): Promise<UndoStarted> {
    const order = this.#order(id);
    return this.#at(order, async (deployed, { name, executionArn }) => {
      try {
        return await stop(this.#connection.stepFunctions, deployed, name, reason);
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') throw new NotStarted(order, executionArn);
        throw error;
      }
    });
  }

  #order(id: string): Order {
    if (typeof id === 'string' && id !== '') return { workflow: this.workflow, id, prefix: this.#connection.prefix };
    throw new TypeError(
      `The id of an order of ${this.workflow} is ${JSON.stringify(id) ?? 'left out'}. It is a text that names the order for ever, such as 'order-17'.`,
    );
  }

  #at<T>(
    { id }: Order,
    work: (address: DeployedWorkflow, execution: { name: string; executionArn: string }) => Promise<T>,
  ): Promise<T> {
    const name = executionName(id);
    return this.#connection.at(this.workflow, (address) =>
      work(address, { name, executionArn: executionArnOf(address, name) }),
    );
  }
}

function checkWait({ within }: Partial<WaitOptions> = {}): void {
  if (typeof within?.milliseconds === 'number') return;
  throw new TypeError(
    `"within" is ${JSON.stringify(within) ?? 'left out'}. It is how long to wait, such as { within: seconds(30) }.`,
  );
}
