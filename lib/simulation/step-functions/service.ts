import type { Json, StateMachine } from '../../asl/index.ts';
import { AwsError } from '../aws-error.ts';
import { AtomTestError } from '../mistakes.ts';
import { Execution, type ExecutionWorld, type TaskCall } from './execution.ts';

/** Where a machine's executions are told of. */
export interface ServiceWorld extends Omit<ExecutionWorld, 'call'> {
  /** A task that is not answered by a token. */
  call(task: TaskCall): void;
}

const ACCOUNT = 'arn:aws:states:us-east-1:000000000000';

export const machineArnOf = (machine: string): string => `${ACCOUNT}:stateMachine:${machine}`;
/** The one version that there is of each machine. */
export const versionArnOf = (machine: string): string => `${machineArnOf(machine)}:1`;
const executionArnOf = (machine: string, name: string): string => `${ACCOUNT}:execution:${machine}:${name}`;

/** The longest output that a token is answered with, and the longest payload between states. */
const LARGEST_OUTPUT_BYTES = 256 * 1024;

/** @throws AwsError of this name where it is no JSON */
function fromJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AwsError(name, String(error));
  }
}

/** Runs in this process. */
let runs = 0;

/** Whom a token belongs to. */
export interface Waiting {
  readonly task: TaskCall;
  /** Set by the first answer, whoever it was. */
  answered: boolean;
}

/** Step Functions: its machines, their executions, the tokens that are waited for, and the API that atoms use. */
export class StepFunctions {
  readonly executions = new Map<string, Execution>();
  readonly tokens = new Map<string, Waiting>();
  readonly #machines = new Map<string, StateMachine>();
  readonly #texts = new Map<string, string>();
  readonly #world: ServiceWorld;
  /** Versions are numbered by the run: what a Lambda's module remembers of one is nothing to another run. */
  readonly #version: number;

  constructor(world: ServiceWorld) {
    this.#world = world;
    runs += 1;
    this.#version = runs;
  }

  deploy(name: string, definition: StateMachine): void {
    this.#machines.set(name, definition);
  }

  /** @throws AwsError ExecutionAlreadyExists, InvalidExecutionInput, StateMachineDoesNotExist */
  start(machineArn: string, name: string, input: string): Execution {
    const machineName = machineArn.split(':')[6] ?? '';
    const definition = this.#definition(machineName);
    const arn = executionArnOf(machineName, name);
    const parsed = fromJson(input, 'InvalidExecutionInput');
    const before = this.executions.get(arn);
    if (before) {
      if (before.status === 'RUNNING' && JSON.stringify(before.settings.input) === JSON.stringify(parsed))
        return before;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(
      { ...this.#around(), call: (task) => this.#call(task) },
      {
        arn,
        name,
        machineArn: machineArnOf(machineName),
        machineName,
        definition,
        input: parsed,
      },
    );
    this.executions.set(arn, execution);
    this.#world.after(1, () => execution.begin());
    return execution;
  }

  /** What an atom, a client or a person asks of Step Functions. */
  perform(command: string, input: Readonly<Record<string, unknown>>): unknown {
    const text = (field: string): string => String(input[field]);
    switch (command) {
      case 'SendTaskSuccess':
        return this.#succeed(text('taskToken'), text('output'));
      case 'SendTaskFailure': {
        const { error = '', cause = '' } = input;
        return this.#answer(text('taskToken'), (task) => task.fail({ error: String(error), cause: String(cause) }));
      }
      case 'StartExecution': {
        const { settings, startedAt } = this.start(text('stateMachineArn'), text('name'), text('input'));
        return { executionArn: settings.arn, startDate: new Date(startedAt) };
      }
      case 'StopExecution':
        this.#execution(text('executionArn')).stop('ABORTED', {
          error: String(input.error ?? ''),
          cause: String(input.cause ?? ''),
        });
        return { stopDate: new Date(this.#world.now()) };
      case 'DescribeExecution':
        return this.#describe(this.#execution(text('executionArn')));
      case 'DescribeStateMachine':
        return { definition: this.#text(text('stateMachineArn').split(':')[6] ?? '') };
      case 'DescribeStateMachineForExecution':
        return { definition: this.#text(this.#execution(text('executionArn')).settings.machineName) };
      case 'ListExecutions':
        return { executions: this.#list(text('stateMachineArn'), input.statusFilter as string | undefined) };
      case 'GetExecutionHistory':
        return { events: this.#history(this.#execution(text('executionArn'))) };
      default:
        throw new AtomTestError(`${command} of Step Functions is not played.`);
    }
  }

  #around(): Omit<ExecutionWorld, 'call'> {
    const world = this.#world;
    return {
      now: () => world.now(),
      random: () => world.random(),
      uuid: () => world.uuid(),
      after: (milliseconds, act) => world.after(milliseconds, act),
      onEnter: (execution, state) => world.onEnter(execution, state),
      onEnd: (execution) => world.onEnd(execution),
    };
  }

  #call(task: TaskCall): void {
    if (task.resource.endsWith('.waitForTaskToken')) this.tokens.set(task.token, { task, answered: false });
    this.#world.call(task);
  }

  #succeed(token: string, output: string): object {
    if (Buffer.byteLength(output) > LARGEST_OUTPUT_BYTES) {
      throw new AwsError('ValidationException', `The output is longer than ${LARGEST_OUTPUT_BYTES} bytes.`);
    }
    const result = fromJson(output, 'InvalidOutput');
    return this.#answer(token, (task) => task.succeed(result));
  }

  #answer(token: string, act: (task: TaskCall) => void): object {
    const waiting = this.tokens.get(token);
    if (!waiting) throw new AwsError('InvalidToken', 'Invalid Token');
    if (!this.isAwaited(token)) throw new AwsError('TaskTimedOut', 'Task Timed Out: the provided task is over');
    waiting.answered = true;
    act(waiting.task);
    return {};
  }

  /** Whether somebody still waits for an answer to a token. */
  isAwaited(token: string): boolean {
    const waiting = this.tokens.get(token);
    if (!waiting || waiting.answered) return false;
    const { execution } = waiting.task;
    return execution.isWaitingFor(token);
  }

  #definition(name: string): StateMachine {
    const definition = this.#machines.get(name);
    if (!definition) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: ${name}`);
    return definition;
  }

  #text(name: string): string {
    let text = this.#texts.get(name);
    if (text === undefined) {
      text = JSON.stringify({ Comment: this.#definition(name).Comment } satisfies Json);
      this.#texts.set(name, text);
    }
    return text;
  }

  #execution(arn: string): Execution {
    const execution = this.executions.get(arn);
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** The states that it entered; of what happened in them nothing is told. */
  #history({ entered, settings: { definition } }: Execution): readonly object[] {
    return entered.map((name, index) => ({
      id: index + 1,
      type: `${definition.States[name]?.Type}StateEntered`,
      stateEnteredEventDetails: { name },
    }));
  }

  /** As it stands in a list. */
  #listed({ settings, status, startedAt, endedAt }: Execution): object {
    return {
      executionArn: settings.arn,
      stateMachineArn: settings.machineArn,
      stateMachineVersionArn: `${machineArnOf(settings.machineName)}:${this.#version}`,
      name: settings.name,
      status,
      startDate: new Date(startedAt),
      ...(endedAt === undefined ? {} : { stopDate: new Date(endedAt) }),
    };
  }

  #describe(execution: Execution): object {
    const { settings, status, output, failure } = execution;
    return {
      ...this.#listed(execution),
      input: JSON.stringify(settings.input),
      ...(status === 'SUCCEEDED' ? { output: JSON.stringify(output) } : {}),
      ...(failure ? { error: failure.error, cause: failure.cause } : {}),
    };
  }

  #list(machineArn: string, status: string | undefined): readonly object[] {
    const machine = machineArn.split(':')[6];
    return [...this.executions.values()]
      .filter((each) => each.settings.machineName === machine && (status === undefined || each.status === status))
      .sort((a, b) => b.startedAt - a.startedAt)
      .map((each) => this.#listed(each));
  }
}
