import {
  type DeployedAtom,
  deadLettersOf,
  maxConcurrency,
  maxReceives,
  platformVariables,
  REJECTED,
} from '../deployment.ts';
import type { FaultKind } from '../faults/fault.ts';
import { EventSource } from '../functions/event-source.ts';
import { SimulatedFunction } from '../functions/function.ts';
import type { Around } from '../functions/invocation.ts';
import { letterOffice, type PlatformFunction, sweeper, undoStarter } from '../platform.ts';
import { type Message, SimulatedQueue } from '../queues/queue.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Account } from './account.ts';
import { saidIn } from './bodies.ts';
import { DELAY } from './delays.ts';
import { labelOf, type StepName } from './labels.ts';
import type { Watch } from './watch.ts';

const OF_MESSAGES: readonly FaultKind[] = ['twice', 'again', 'afterwards', 'held', 'dead'];
/** Nobody answers these in a state machine's stead: a dead one waits for a person, and an alarm tells. */
const OF_WORK: readonly FaultKind[] = ['twice', 'again', 'afterwards', 'held'];

export interface WorkersSettings {
  readonly account: Account;
  readonly watch: Watch;
  readonly timeline: Timeline;
  /** What every function meets outside itself. */
  readonly around: Around;
  /** In which order messages are received. As sent when left out. */
  shuffle?(messages: Message[]): readonly Message[];
}

/** All functions of a deployment, the queues that they work at, and what goes wrong with a message on its way. */
export class Workers {
  readonly functions = new Map<string, SimulatedFunction>();
  readonly queues = new Map<string, SimulatedQueue>();
  readonly sweeper: SimulatedFunction;
  readonly #settings: WorkersSettings;

  constructor(settings: WorkersSettings) {
    this.#settings = settings;
    const { atoms, admission, workflow } = settings.account.deployment;
    const variables = platformVariables(workflow.plan.name);
    const office = this.#platformFunction(letterOffice, variables);
    for (const atom of atoms.values()) this.#makeAtom(atom, office);
    this.queues.set(REJECTED, new SimulatedQueue(REJECTED, settings.timeline, 0));
    for (const worker of [undoStarter, admission]) {
      const target = this.#platformFunction(worker, { ...variables, QUEUE_URL: worker.name });
      const { queue } = this.#makeQueue(worker.name, worker.visibilityMilliseconds, worker.receives);
      new EventSource({
        queue,
        target,
        batchSize: 10,
        maxConcurrency: worker.concurrency,
        onReceive: (message) => this.#onReceive(queue, message, OF_WORK),
      });
    }
    this.sweeper = this.#platformFunction(sweeper, variables);
  }

  #makeAtom({ name, code, queued, variables, times }: DeployedAtom, office: SimulatedFunction): void {
    const { around, watch } = this.#settings;
    const target = new SimulatedFunction(around, {
      functionName: name,
      code,
      variables,
      timeoutMilliseconds: times.lambda.milliseconds,
    });
    this.functions.set(name, target);
    if (!queued) return;
    const { queue, deadLetters } = this.#makeQueue(name, times.visibility.milliseconds, maxReceives);
    new EventSource({
      queue,
      target,
      batchSize: times.batchSize,
      maxConcurrency,
      onReceive: (message) => this.#onReceive(queue, message, OF_MESSAGES),
      onDone: (deliveries) => watch.onDone(name, deliveries),
    });
    new EventSource({
      queue: deadLetters,
      target: office,
      batchSize: 10,
      maxConcurrency: letterOffice.concurrency,
      onDone: (deliveries) => watch.onLetter(name, deliveries),
    });
  }

  #makeQueue(
    name: string,
    visibilityMilliseconds: number,
    maxReceiveCount: number,
  ): { queue: SimulatedQueue; deadLetters: SimulatedQueue } {
    const { timeline, shuffle } = this.#settings;
    const unanswered = new SimulatedQueue(`unanswered-${name}`, timeline, visibilityMilliseconds);
    const deadLetters = new SimulatedQueue(deadLettersOf(name), timeline, letterOffice.visibilityMilliseconds, {
      maxReceiveCount: letterOffice.receives,
      deadLetters: unanswered,
    });
    const queue = new SimulatedQueue(name, timeline, visibilityMilliseconds, { maxReceiveCount, deadLetters });
    if (shuffle) queue.shuffle = shuffle;
    for (const each of [queue, deadLetters, unanswered]) this.queues.set(each.name, each);
    return { queue, deadLetters };
  }

  #onReceive(queue: SimulatedQueue, message: Message, kinds: readonly FaultKind[]): 'deliver' | 'twice' | 'withheld' {
    const { account } = this.#settings;
    const label = `${whoseMessage(message)} message to ${queue.name}`;
    const kind = account.points.reach(label, kinds);
    account.tell('SQS', queue.name, label, kind);
    switch (kind) {
      case 'twice':
        return 'twice';
      case 'again':
      case 'afterwards':
        queue.send(message.body, message.attributes, DELAY[kind]);
        return 'deliver';
      case 'held':
        message.receives -= 1;
        queue.changeVisibility(message.receipt, DELAY.held);
        return 'withheld';
      case 'dead':
        queue.deadLetter(message);
        return 'withheld';
      default:
        return 'deliver';
    }
  }

  #platformFunction(
    { name, code, timeoutMilliseconds }: PlatformFunction,
    variables: Readonly<Record<string, string>>,
  ): SimulatedFunction {
    return new SimulatedFunction(this.#settings.around, { functionName: name, code, variables, timeoutMilliseconds });
  }
}

/** A step's, the order's that comes as an event, or that has ended. */
function whoseMessage({ body }: Message): string {
  const { detail, name, ...step } = saidIn(body) as Partial<StepName> & { detail?: { id: string }; name?: string };
  const { execution, step: path } = step;
  return execution !== undefined && path !== undefined
    ? labelOf({ execution, step: path })
    : (detail?.id ?? name ?? '');
}
