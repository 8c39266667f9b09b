import type { SimulationDefinition } from '../simulation/index.ts';
import type { Workflow } from '../workflow/index.ts';

/** What a workflow is tried with. */
export interface WorkflowTestOptions<Input = unknown>
  extends Pick<SimulationDefinition, 'atoms' | 'providers' | 'tables' | 'aws' | 'environment' | 'invariants'> {
  /** Makes inputs from an order's id, by what becomes of them when nothing goes wrong: `fulfilled`, `card declined`. */
  readonly paths: Readonly<Record<string, (id: string) => Input>>;
  /** One order a path under every single fault, or under every pair of faults as well. Singles when left out. */
  readonly depth?: 'singles' | 'pairs';
  /** Of the pairs, only every so-manieth, spread evenly. All when left out. */
  readonly every?: number;
  /** How many orders to run beside, many at a time, with faults by chance. None when left out. */
  readonly swarm?: number;
  /** Of the swarm: the same seed gives the same runs. 1 when left out. */
  readonly seed?: number;
}

/** What a workflow went through. */
export interface WorkflowTest {
  /** Runs, each with faults of its own. */
  readonly schedules: number;
  readonly orders: number;
  /** What of the state machines was exercised: `fulfil-order/payment`, `fulfil-order/payment Retry[0]`, `… Catch[1]`. */
  readonly exercised: readonly string[];
  /** And what never. */
  readonly never: readonly string[];
  /** The same, to be read. */
  toString(): string;
}

/**
 * Runs a workflow in virtual time, with nothing to set up: its compiled state machines and its real atoms, over simulated
 * Step Functions, SQS, Lambda, DynamoDB and providers, one order a path under everything that can go wrong at every
 * point. Whatever happens, every order ends, every effect happens at most once, and after a failure every effect is
 * undone, in order, once; with `invariants` your own hold as well. A provider that is not among `providers` takes what it
 * is sent, once a key, and answers what the asking atom's output needs.
 *
 * Set BREAKWATER_REPLAY, as a finding says it, to run that again and nothing else.
 *
 * @example
 * test('orders are exact, whatever goes wrong', async () => {
 *   const tested = await testWorkflow(fulfilOrder, {
 *     atoms: [reserveInventory, releaseInventory, chargePayment, refundPayment],
 *     paths: { fulfilled: (orderId) => ({ orderId, card: 'tok_visa' }) },
 *     tables: { inventory: [{ sku: 'mug', available: 5 }] },
 *   });
 *   console.log(String(tested));
 *   expect(tested.never).toEqual([]);
 * });
 * @throws ExactnessError for the first run in which something is wrong
 * @throws AtomTestError when an atom is missing, or asks for something that is not played
 */
export async function testWorkflow<Input, Output>(
  workflow: Workflow<Input, Output>,
  options: WorkflowTestOptions<NoInfer<Input>>,
): Promise<WorkflowTest> {
  // Whoever runs single atoms needs no simulation, and none of the platform's Lambdas.
  const { tryWorkflow } = await import('./exactness/workflow-trial.ts');
  return tryWorkflow(workflow, options);
}
