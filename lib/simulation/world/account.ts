import type { Envelope } from '../../contract/index.ts';
import type { Deployment } from '../deployment.ts';
import type { Item } from '../dynamodb/item.ts';
import type { Tables } from '../dynamodb/tables.ts';
import type { FaultKind, Points } from '../faults/fault.ts';
import type { SimulatedFunction } from '../functions/function.ts';
import type { Invocation } from '../functions/invocation.ts';
import type { AtomTestError } from '../mistakes.ts';
import type { SimulatedProvider } from '../providers/provider.ts';
import type { SimulatedQueue } from '../queues/queue.ts';
import type { Execution } from '../step-functions/execution.ts';
import type { StepFunctions } from '../step-functions/service.ts';
import type { Scheduled } from '../time/timeline.ts';
import type { Effect } from './evidence.ts';
import type { StepName } from './labels.ts';

/** What the parts of a simulated account know of each other. */
export interface Account {
  readonly deployment: Deployment;
  readonly points: Points;
  readonly tables: Tables;
  readonly stepFunctions: StepFunctions;
  readonly watch: Watcher;
  readonly effects: Effect[];
  readonly mails: unknown[];
  /** What the operators' topic was told. */
  readonly told: unknown[];
  /** Epoch milliseconds. */
  now(): number;
  after(milliseconds: number, act: () => unknown): Scheduled;
  /** Some milliseconds, more or less if there is disorder. */
  about(milliseconds: number): number;
  queue(name: string): SimulatedQueue;
  function(name: string): SimulatedFunction;
  provider(hostname: string): SimulatedProvider | undefined;
  record(name: StepName): Item | undefined;
  /** DynamoDB deletes a record some time after its expiry: here at once, which is when it hurts. */
  expire(name: StepName): void;
  isDeadLetter(queue: string, body: string): boolean;
  /** For state machines, a service is gone for so long. */
  takeAway(service: string, milliseconds: number): void;
  isGone(service: string): boolean;
  /** A person ends an execution from outside; not an undo machine's. */
  stop(execution: Execution): void;
  publish(entries: readonly Readonly<Record<string, unknown>>[]): object;
  violate(invariant: string, what: string): void;
  /** Notes what no deployed atom could do, or nobody plays: handlers hear of it as of any error. */
  mistaken(mistake: AtomTestError): void;
  /** @param label what it is about, a space, and what happens */
  tell(from: string, to: string, label: string, fault?: FaultKind): void;
}

/** Looks at every step. */
export interface Watcher {
  /** The messages that an invocation was given, or its direct call. */
  envelopesOf(invocation: Invocation): readonly Envelope[];
  onRecord(name: StepName, before: Item | undefined, after: Item | undefined): void;
  onAttempt(name: StepName, invocation: Invocation): void;
  onRequest(name: StepName, invocation: Invocation): () => void;
}
