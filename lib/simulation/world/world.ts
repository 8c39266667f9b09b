import { undoMachineName } from '../../asl/index.ts';
import { type Deployment, deadLettersOf, providerUrl, RECORDS } from '../deployment.ts';
import type { Item } from '../dynamodb/item.ts';
import { Tables } from '../dynamodb/tables.ts';
import { type FaultKind, type Faults, NO_FAULTS, Points } from '../faults/fault.ts';
import type { SimulatedFunction } from '../functions/function.ts';
import type { Around } from '../functions/invocation.ts';
import type { Judged } from '../invariants/invariant.ts';
import { AtomTestError } from '../mistakes.ts';
import { undoStarter } from '../platform.ts';
import { withReplacedProcess } from '../process/replaced.ts';
import { type ProviderEffect, SimulatedProvider } from '../providers/provider.ts';
import type { SimulatedQueue } from '../queues/queue.ts';
import type { Execution } from '../step-functions/execution.ts';
import { machineArnOf, StepFunctions } from '../step-functions/service.ts';
import { Chance } from '../time/chance.ts';
import { type Scheduled, Timeline } from '../time/timeline.ts';
import type { Account } from './account.ts';
import { bodyOf } from './bodies.ts';
import { AwsCalls } from './calls.ts';
import { DELAY } from './delays.ts';
import { ASKS_THE_SAME, BEGINNING, type Effect, type Moment, type Violation } from './evidence.ts';
import { meantBy, orderOf, type StepName } from './labels.ts';
import { ProviderRequests } from './requests.ts';
import { performTask } from './tasks.ts';
import { Watch } from './watch.ts';
import { Workers } from './workers.ts';

/** An order to be run. */
export interface Order {
  /** Names its execution. */
  readonly id: string;
  readonly input: unknown;
  /** Which of the simulation's paths it is on, if it is on one. */
  readonly path?: string;
  /** Milliseconds after the start of the run. At once when left out. */
  readonly after?: number;
}

export interface RunOptions {
  /** The same seed gives the same run. 1 when left out. */
  readonly seed?: number;
  /** None when left out. */
  readonly faults?: Faults;
  /**
   * Whether calls take longer and shorter, messages overtake each other, clocks differ, and orders come as events. Not
   * when left out: each call takes its time, and orders are started.
   */
  readonly disorder?: boolean;
  /** Keeps what happened, for a story. */
  readonly tell?: boolean;
}

/** By how many milliseconds the clocks of two machines differ at most: within what the protocol allows for. */
const CLOCK_ERROR = 1_900;

const SWEEPS_AN_HOUR = 12;
const OF_EVENTS: readonly FaultKind[] = ['missed'];
const OF_STATES: readonly FaultKind[] = ['stopped', 'broken'];

/** An AWS account in this process, with one workflow deployed: for one run. */
export class World implements Account {
  readonly deployment: Deployment;
  readonly points: Points;
  readonly tables: Tables;
  readonly stepFunctions: StepFunctions;
  readonly watch: Watch;
  readonly effects: Effect[] = [];
  readonly mails: unknown[] = [];
  readonly events: { readonly type: string; readonly detail: unknown }[] = [];
  readonly told: unknown[] = [];
  readonly #timeline = new Timeline(BEGINNING);
  readonly #chance: Chance;
  readonly #disorder: boolean;
  readonly #workers: Workers;
  readonly #providers = new Map<string, SimulatedProvider>();
  readonly #goneUntil = new Map<string, number>();
  readonly #violations: Violation[] = [];
  readonly #mistakes: AtomTestError[] = [];
  readonly #moments: Moment[] | undefined;

  constructor(deployment: Deployment, { seed = 1, faults = NO_FAULTS, disorder = false, tell = false }: RunOptions) {
    this.deployment = deployment;
    this.points = new Points(faults, () => this.now());
    this.#chance = new Chance(seed);
    this.#disorder = disorder;
    this.#moments = tell ? [] : undefined;
    this.watch = new Watch(this);
    this.tables = new Tables(deployment.workflow.plan.name, [
      { name: RECORDS, partitionKey: 'execution', sortKey: 'step', actions: ALL_ACTIONS },
      ...[...deployment.tables.values()].map(({ name, partitionKey, sortKey }) => ({
        name,
        partitionKey,
        sortKey,
        actions: ALL_ACTIONS,
      })),
    ]);
    for (const [name, items] of Object.entries(deployment.items)) {
      for (const item of items) this.tables.seed(name, item);
    }
    this.stepFunctions = new StepFunctions({
      now: () => this.now(),
      random: () => this.#chance.number(),
      uuid: () => this.#chance.uuid(),
      after: (milliseconds, act) => this.after(milliseconds, act),
      call: (task) => performTask(this, task),
      onEnter: (execution, state) => this.#onEnter(execution, state),
      onEnd: (execution) => this.#onEnd(execution),
    });
    for (const [name, definition] of deployment.machines) this.stepFunctions.deploy(name, definition);
    this.#workers = new Workers({
      account: this,
      watch: this.watch,
      timeline: this.#timeline,
      around: this.#around(),
      ...(disorder ? { shuffle: (messages) => this.#chance.shuffled(messages) } : {}),
    });
    for (const { definition, keyLifetimeMilliseconds } of deployment.providers) {
      const provider = new SimulatedProvider(definition, () => this.now(), keyLifetimeMilliseconds, {
        onEffect: (effect) => this.#onProviderEffect(effect),
        onChanged: (step, before, now) =>
          this.violate(
            ASKS_THE_SAME,
            `${orderOf(step)} first asked ${definition.name} for ${before}, and in another attempt under the same key for ${now}.`,
          ),
      });
      this.#providers.set(new URL(providerUrl(definition.name)).hostname, provider);
    }
  }

  /** Runs orders until nothing is to happen any more. @throws AtomTestError for what no deployed atom could do */
  async run(orders: readonly Order[]): Promise<Judged> {
    const { name } = this.deployment.workflow.plan;
    await withReplacedProcess(async () => {
      for (const { id, input, after = 0 } of orders) {
        this.after(after, () => {
          if (this.#disorder) this.queue(`admit-${name}`).send(bodyOf({ detail: { id, data: input } }));
          else this.stepFunctions.start(machineArnOf(name), id, JSON.stringify(input));
        });
      }
      await this.#timeline.run();
    });
    return this.#judged(orders);
  }

  now(): number {
    return this.#timeline.now;
  }

  after(milliseconds: number, act: () => unknown): Scheduled {
    return this.#timeline.after(milliseconds, act);
  }

  about(milliseconds: number): number {
    return this.#disorder ? milliseconds * (0.2 + 4 * this.#chance.number() ** 3) : milliseconds;
  }

  queue(name: string): SimulatedQueue {
    const queue = this.#workers.queues.get(name);
    if (!queue)
      throw new AtomTestError(`There is no queue ${name}. There are: ${[...this.#workers.queues.keys()].join(', ')}.`);
    return queue;
  }

  function(name: string): SimulatedFunction {
    const found = this.#workers.functions.get(name);
    if (!found)
      throw new AtomTestError(
        `There is no function ${name}. There are: ${[...this.#workers.functions.keys()].join(', ')}.`,
      );
    return found;
  }

  provider(hostname: string): SimulatedProvider | undefined {
    return this.#providers.get(hostname);
  }

  record({ execution, step }: StepName): Item | undefined {
    return this.tables.item(RECORDS, { execution, step });
  }

  takeAway(service: string, milliseconds: number): void {
    this.#goneUntil.set(service, this.now() + milliseconds);
  }

  isGone(service: string): boolean {
    return (this.#goneUntil.get(service) ?? 0) > this.now();
  }

  expire(name: StepName): void {
    const { expiry } = this.record(name) ?? {};
    if (typeof expiry === 'number' && expiry * 1_000 < this.now()) {
      this.tables.remove(RECORDS, { execution: name.execution, step: name.step });
    }
  }

  isDeadLetter(queue: string, body: string): boolean {
    return [...this.queue(deadLettersOf(queue)).messages.values()].some((message) => message.body === body);
  }

  stop(execution: Execution): void {
    // Who undoes the undo machine? Nobody: a person who stops it decides.
    if (execution.settings.machineName !== this.deployment.workflow.plan.name) return;
    execution.stop('ABORTED', { error: 'Stopped', cause: 'by a person' });
  }

  publish(entries: readonly Readonly<Record<string, unknown>>[]): object {
    for (const { DetailType, Detail } of entries) {
      this.events.push({ type: String(DetailType), detail: typeof Detail === 'string' ? JSON.parse(Detail) : Detail });
    }
    return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: `event-${index}` })) };
  }

  violate(invariant: string, what: string): void {
    this.#violations.push({ invariant, what });
  }

  mistaken(mistake: AtomTestError): void {
    this.#mistakes.push(mistake);
  }

  tell(from: string, to: string, label: string, fault?: FaultKind): void {
    if (!this.#moments) return;
    const [about = '', ...words] = label.split(' ');
    this.#moments.push({ at: this.now() - BEGINNING, from, to, about, what: words.join(' '), fault });
  }

  #around(): Around {
    const calls = new AwsCalls(this);
    const requests = new ProviderRequests(this);
    return {
      now: () => this.now(),
      random: () => this.#chance.number(),
      uuid: () => this.#chance.uuid(),
      clockError: () => (this.#disorder ? (this.#chance.number() - 0.5) * CLOCK_ERROR : 0),
      after: (milliseconds, act) => this.after(milliseconds, act),
      send: (invocation, command, signal) => calls.send(invocation, command, signal),
      fetch: (invocation, address, options) => requests.fetch(invocation, address, options),
      log: () => undefined,
    };
  }

  #onEnter(execution: Execution, state: string): void {
    const { machineName, name } = execution.settings;
    if (machineName !== this.deployment.workflow.plan.name) return;
    const label = `${name}/${state} entered`;
    const kind = this.points.reach(label, OF_STATES);
    if (kind) this.tell('operator', machineName, label, kind);
    if (kind === 'stopped') this.stop(execution);
    if (kind === 'broken')
      execution.stop('FAILED', { error: 'States.Runtime', cause: 'something that nobody thought of' });
  }

  /** Status events go through a rule into the queue of `start-undo`. */
  #onEnd(execution: Execution): void {
    const { machineName, arn, name } = execution.settings;
    const { status } = execution;
    this.tell(
      machineName,
      'Step Functions',
      `${name} ends as ${status}${execution.failure ? ` (${execution.failure.error})` : ''}`,
    );
    const { plan } = this.deployment.workflow;
    if (machineName !== plan.name || status === 'SUCCEEDED') return;
    const label = `${name} ${status} event`;
    const kind = this.points.reach(label, OF_EVENTS);
    this.tell('EventBridge', undoStarter.name, label, kind);
    if (kind === 'missed') {
      this.#sweepLater();
      return;
    }
    const body = JSON.stringify({
      executionArn: arn,
      name,
      status,
      undoMachineArn: machineArnOf(undoMachineName(plan.name)),
    });
    this.after(DELAY.statusEvent, () => this.queue(undoStarter.name).send(body));
  }

  /**
   * The sweep runs every five minutes; where no event was missed it finds nothing, and is left out. One that fails is
   * followed by the next, for as long as it looks back; two that end well have seen what there is.
   */
  #sweepLater(well = 0, sweeps = 1): void {
    if (well === 2 || sweeps > SWEEPS_AN_HOUR) return;
    this.after(DELAY.sweep, () =>
      this.#workers.sweeper.invoke({ hours: 1 }, ({ kind }) =>
        this.#sweepLater(kind === 'returned' ? well + 1 : well, sweeps + 1),
      ),
    );
  }

  #onProviderEffect({ provider, step: text, key, at }: ProviderEffect): void {
    const slash = text.indexOf('/');
    this.effects.push({
      order: orderOf(text.slice(0, slash)),
      ...meantBy(text.slice(slash + 1)),
      by: 'provider',
      provider,
      key,
      at,
    });
  }

  async #ledgers(): Promise<Judged['ledgers']> {
    const providers = [...this.#providers.values()];
    return Object.fromEntries(await Promise.all(providers.map(async (each) => [each.name, await each.entries()])));
  }

  async #judged(orders: readonly Order[]): Promise<Judged> {
    const { workflow, tables } = this.deployment;
    const { name } = workflow.plan;
    const execution = (machine: string, id: string): Execution | undefined =>
      this.stepFunctions.executions.get(`${machineArnOf(machine).replace(':stateMachine:', ':execution:')}:${id}`);
    const [mistake] = this.#mistakes;
    if (mistake) throw mistake;
    return {
      workflow: name,
      plan: workflow.plan,
      ledgers: await this.#ledgers(),
      orders: orders.flatMap(({ id, input }) => {
        const own = execution(name, id);
        if (own) return [{ id, input, execution: own, undo: execution(undoMachineName(name), id) }];
        this.violate('every order that comes is begun', `${id} was never begun.`);
        return [];
      }),
      effects: this.effects,
      tables: Object.fromEntries([...tables.keys()].map((table) => [table, this.tables.items(table)])),
      records: this.tables.items(RECORDS),
      events: this.events,
      mails: this.mails,
      left: Object.fromEntries(
        [...this.#workers.queues.values()]
          .filter(({ messages }) => messages.size > 0)
          .map((queue) => [queue.name, queue.messages.size]),
      ),
      violations: this.#violations,
      points: this.points.reached,
      struck: this.points.struck,
      moments: this.#moments ?? [],
      milliseconds: this.now() - BEGINNING,
    };
  }
}

const ALL_ACTIONS = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] as const;
