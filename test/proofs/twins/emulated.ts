import { setTimeout as sleep } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { notifyCustomer } from '../../../lambdas/orders/notify-customer/contract.ts';
import { parkSteps } from '../../../lambdas/platform/park-steps/contract.ts';
import { isCalledDirectly, majorId, scaled, seconds } from '../../../lib/contract/index.ts';
import { executionArnOf } from '../../../lib/operations/index.ts';
import { fulfilOrder } from '../../../state-machines/orders/fulfil-order/workflow.ts';
import { type Action, first, type Injection } from '../../faults/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../../integration/harness.ts';
import { endOf } from '../emulated/ending.ts';
import { ledgersByExecution } from '../emulated/judge.ts';
import { counted, isStep, type Outcome, saidBy, triedAgain } from './outcome.ts';
import type { EmulatedFault, Scenario } from './scenario.ts';
import { parkedBy } from './simulated.ts';

/** What a scenario came to on the emulator. */
export interface Emulated {
  readonly outcome: Outcome;
  /** Faults that struck nothing. */
  readonly missed: readonly string[];
}

/** An order is known by what it costs where its name is not in a call: with the shipping at home, or abroad. */
const amountOf = (unitPrice: number): RegExp => new RegExp(`amount\\\\*":(${unitPrice + 490}|${unitPrice + 1_490})\\b`);

/** From here on an order sent abroad costs what the first one at home costs with its thousand more. */
const LAST_PRICE = 5_999;

/** Of all atoms that an order is worked on by, and of what parks. */
const QUEUES = [...fulfilOrder.contracts.values(), parkSteps]
  .filter((contract) => !isCalledDirectly(contract))
  .map(majorId);

/** Of those, what no state machine waits for. */
const UNAWAITED = [notifyCustomer, parkSteps].map(majorId);

/** Runs scenarios, several at a time; those that hold a queue hold it one after another. */
export class Emulation {
  readonly #harness: Harness;
  readonly #timeScale: number;
  readonly #patient: boolean;
  #prices = 5_000;
  /** Whoever holds a queue at present. */
  #holding: Promise<unknown> = Promise.resolve();

  constructor(harness: Harness, { timeScale, patient }: { timeScale: number; patient: boolean }) {
    this.#harness = harness;
    this.#timeScale = timeScale;
    this.#patient = patient;
  }

  async run({ change = {}, available = 10, emulated }: Scenario): Promise<Emulated> {
    const harness = this.#harness;
    this.#prices += 1;
    if (this.#prices === LAST_PRICE) throw new RangeError('There are no more prices by which to know an order.');
    const unitPrice = this.#prices;
    const placed = await harness.order('twin', {}, available);
    const lines = [{ sku: placed.sku, quantity: 1, unitPrice }];
    const order = { ...placed, data: { ...placed.data, lines, ...change } };
    const injections: Injection[] = [];
    for (const fault of emulated) injections.push(...(await this.#inject(fault, order, unitPrice)));
    const message = emulated.find((each) => each.kind === 'message' && ['held', 'dead'].includes(each.how));
    if (message?.kind === 'message') await this.#keepBack(order, message);
    else await harness.send(order);
    await harness.eventually(
      async () => ((await endOf(harness, order)).kind === 'unfinished' ? undefined : true),
      `the end of ${order.eventId}`,
      300,
    );
    await this.#quiet(order, this.#patient ? QUEUES : UNAWAITED);
    for (const injection of injections) injection.remove();
    return { outcome: await this.#outcome(order, available), missed: injections.flatMap(missedBy) };
  }

  async #inject(fault: EmulatedFault, order: PlacedOrder, unitPrice: number): Promise<readonly Injection[]> {
    const { faults, app } = this.#harness;
    const named = new RegExp(order.eventId);
    const inject = (rule: {
      function: string;
      operation: string | RegExp;
      body: RegExp;
      nth: number;
      action: Action;
    }) => faults.inject(rule);
    switch (fault.kind) {
      case 'provider':
        await app.sandbox.setFault({ ...fault.fault, orderId: order.orderId });
        return [];
      case 'call': {
        const { function: of, operation, by, nth = 1, times = 1, action } = fault;
        const body = { execution: named, order: new RegExp(order.orderId), amount: amountOf(unitPrice) }[by];
        return Array.from({ length: times }, (_, index) =>
          inject({ function: of, operation, body, nth: nth + index, action }),
        );
      }
      case 'stop': {
        const action = first(() => this.#stop(order));
        const body = new RegExp(order.orderId);
        return [inject({ function: fault.function, operation: fault.operation, body, nth: 1, action })];
      }
      case 'message': {
        if (fault.how === 'held' || fault.how === 'dead') return [];
        const later = fault.how === 'again' ? scaled(seconds(30), this.#timeScale).milliseconds / 1_000 : 0;
        const action = first(() => this.#harness.sendAgain(fault.queue, order, later));
        return [inject({ function: fault.queue, operation: 'dynamodb.UpdateItem', body: named, nth: 1, action })];
      }
    }
  }

  async #stop({ eventId }: PlacedOrder): Promise<void> {
    const { app } = this.#harness;
    const executionArn = executionArnOf(await app.workflow(WORKFLOW), eventId);
    await app.stepFunctions.send(new StopExecutionCommand({ executionArn, cause: 'twins' }));
  }

  /** Takes the step's message out of its queue before anybody has it. */
  async #keepBack(order: PlacedOrder, { queue, how }: Extract<EmulatedFault, { kind: 'message' }>): Promise<void> {
    const harness = this.#harness;
    const taken = this.#holding.then(async () => {
      const held = await harness.hold(queue);
      try {
        await harness.send(order);
        return { held, body: (await held.take(order, 60)).Body };
      } finally {
        await held.release();
      }
    });
    this.#holding = taken.catch(() => undefined);
    const { held, body } = await taken;
    if (how === 'held') {
      const { notStartedAfter = 0 } = JSON.parse(body) as { notStartedAfter?: number };
      await sleep(notStartedAfter - Date.now() + 500);
      await held.put(body);
      return;
    }
    const QueueUrl = await harness.app.queueUrl(`${queue}-dead-letters`);
    await harness.app.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }

  /** Until no message of the order is in these queues. */
  async #quiet({ eventId }: PlacedOrder, queues: readonly string[]): Promise<void> {
    const harness = this.#harness;
    await harness.eventually(
      async () => {
        const all = await Promise.all(queues.map((queue) => harness.messages(queue)));
        return all.flat().some(({ Body }) => Body.includes(eventId)) ? undefined : true;
      },
      `the last message of ${eventId}`,
      420,
    );
  }

  async #outcome(order: PlacedOrder, available: number): Promise<Outcome> {
    const { app } = this.#harness;
    const [end, journey, records, ledgers, stock] = await Promise.all([
      endOf(this.#harness, order),
      app.journey(WORKFLOW, order.eventId),
      app.records(WORKFLOW, order.eventId),
      ledgersByExecution(this.#harness),
      app.item('inventory', { sku: order.sku }),
    ]);
    const steps = (ledgers.get(`${WORKFLOW}:${order.eventId}`) ?? []).map(({ step = '' }) =>
      step.slice(step.indexOf('/') + 1),
    );
    const times = (name: string): number => steps.filter((step) => step === name).length;
    const recorded = (name: string): number => (saidBy(records.get(name) ?? {}) === 'value' ? 1 : 0);
    return {
      end: `${end.kind} ${end.detail}`.trim(),
      effects: {
        payment: counted(times('payment'), times('payment~undo')),
        shipment: counted(times('shipment'), times('shipment~undo')),
        stock: counted(recorded('stock'), recorded('stock~undo')),
      },
      taken: available - Number(stock?.available),
      parked: [...records.keys()].flatMap(parkedBy).sort(),
      states: journey.map(({ state }) => state),
      attempts: triedAgain(journey.map(({ state, attempts }) => [state, attempts])),
      records: Object.fromEntries(
        [...records].filter(([step]) => isStep(step)).map(([step, row]) => [step, saidBy(row)]),
      ),
    };
  }
}

function missedBy(injection: Injection): readonly string[] {
  if (injection.error) return [`${injection}`];
  return injection.hits === 0 ? [`${injection}`] : [];
}
