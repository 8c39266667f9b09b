import {
  contractId,
  type Duration,
  declaredErrorName,
  defaults,
  ENVELOPE_VERSION,
  inSeconds,
  lifetime,
  type RetryPolicy,
  scaled,
  stepTimes,
  type Verb,
} from '../contract/index.ts';
import type { AtomUse, EmitNode } from '../workflow/index.ts';
import { quoted, wrapped } from './expression.ts';
import { parkSteps } from './platform.ts';
import { atomRetriers, retriers } from './retries.ts';
import type { Json, Retrier } from './states.ts';
import type { Substitutions } from './substitutions.ts';

/** What a Task state does, without where it goes and what it keeps. */
export interface Work {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly TimeoutSeconds: number;
  readonly Arguments: Json;
  readonly Retry: readonly Retrier[];
}

/** Writes the Task states of one machine. */
export interface TaskWriter {
  /** A step: through the queue with a token, or directly if the atom is pure. `result` is where its output stands. */
  step(name: string, atom: AtomUse, input: Json): { readonly work: Work; readonly result: string };
  /** Whether an effect whose outcome is unknown happened, asked directly of the effect's own atom. */
  settle(name: string, atom: AtomUse): Work;
  /** The compensation of a step, by the step's key. */
  undo(name: string, atom: AtomUse): Work;
  /** Work that nobody waits for. */
  send(name: string, atom: AtomUse, input: Json): Work;
  /** Steps that a person has to decide about. */
  park(name: string, input: Json): Work;
  emit(node: EmitNode, payload: Json): Work;
  /** A direct call of one of the platform's own atoms. */
  call(name: string, atom: AtomUse, input: Json): Work;
}

export interface TaskOptions {
  readonly workflow: string;
  /** JSONata text of the root execution's name. */
  readonly executionName: string;
  readonly machineTimeout: Duration;
  readonly timeScale: number;
  readonly substitutions: Substitutions;
}

export function taskWriter({
  workflow,
  executionName,
  machineTimeout,
  timeScale,
  substitutions,
}: TaskOptions): TaskWriter {
  const execution = `${quoted(`${workflow}:`)} & ${executionName}`;
  const notAfter = `$toMillis($states.context.Execution.StartTime) + ${lifetime(machineTimeout, defaults.redriveWindow)}`;

  const envelope = (verb: Verb, step: string, atom: AtomUse, more: { readonly [key: string]: Json }): Json => ({
    breakwater: ENVELOPE_VERSION,
    verb,
    execution: wrapped(execution),
    step,
    contract: contractId(atom),
    attempt: wrapped('$states.context.State.RetryCount + 1'),
    notAfter: wrapped(notAfter),
    correlationId: wrapped(executionName),
    ...more,
  });

  const awaited = (atom: AtomUse): { readonly [key: string]: Json } => ({
    notStartedAfter: wrapped(`$millis() + ${stepTimes(atom, timeScale).queueAllowance.milliseconds}`),
    token: wrapped('$states.context.Task.Token'),
  });

  const queued = (atom: AtomUse, message: Json): Omit<Work, 'Retry'> => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    TimeoutSeconds: inSeconds(stepTimes(atom, timeScale).task),
    Arguments: { QueueUrl: substitutions.queue(atom), MessageBody: message },
  });

  const called = (atom: AtomUse, payload: Json): Omit<Work, 'Retry'> => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    TimeoutSeconds: inSeconds(stepTimes(atom, timeScale).call),
    Arguments: { FunctionName: substitutions.function(atom), Payload: payload },
  });

  const serviceCall = (Resource: string, Arguments: Json, policy: RetryPolicy = defaults.handover): Work => ({
    Type: 'Task',
    Resource,
    TimeoutSeconds: inSeconds(serviceCallTime(timeScale)),
    Arguments,
    Retry: retriers(policy, timeScale),
  });

  const send = (name: string, atom: AtomUse, input: Json, policy?: RetryPolicy): Work =>
    serviceCall(
      'arn:aws:states:::sqs:sendMessage',
      { QueueUrl: substitutions.queue(atom), MessageBody: envelope('do', name, atom, { input }) },
      policy,
    );

  return {
    step: (name, atom, input) => {
      const Retry = atomRetriers(defaults.step, timeScale, atom.failures.map(declaredErrorName));
      return atom.calledDirectly
        ? { work: { ...called(atom, envelope('do', name, atom, { input })), Retry }, result: '$states.result.Payload' }
        : {
            work: { ...queued(atom, envelope('do', name, atom, { ...awaited(atom), input })), Retry },
            result: '$states.result',
          };
    },
    settle: (name, atom) => ({
      ...called(atom, envelope('settle', name, atom, {})),
      Retry: atomRetriers(defaults.compensation, timeScale),
    }),
    undo: (name, atom) => ({
      ...queued(atom, envelope('undo', name, atom, awaited(atom))),
      Retry: atomRetriers(defaults.compensation, timeScale),
    }),
    send,
    park: (name, input) => send(name, parkSteps, input, defaults.parking),
    emit: ({ name, event }, payload) =>
      serviceCall('arn:aws:states:::events:putEvents', {
        Entries: [
          {
            EventBusName: substitutions.bus(),
            Source: workflow,
            DetailType: event.name,
            Detail: {
              id: wrapped(`${execution} & ${quoted(`/${name}`)}`),
              version: event.version,
              correlationId: wrapped(executionName),
              data: payload,
            },
          },
        ],
      }),
    call: (name, atom, input) => ({
      ...called(atom, envelope('do', name, atom, { input })),
      Retry: atomRetriers(defaults.compensation, timeScale),
    }),
  };
}

/** Longest time of one attempt, for the machine's own limit. */
export const attemptTimes = (
  atom: AtomUse,
  timeScale: number,
): { readonly step: Duration; readonly settle: Duration } => {
  const { task, call } = stepTimes(atom, timeScale);
  return { step: atom.calledDirectly ? call : task, settle: call };
};

export const serviceCallTime = (timeScale: number): Duration => scaled(defaults.serviceCallTimeout, timeScale);
