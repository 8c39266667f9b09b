import type { Workflow } from '../workflow/index.ts';
import type { TrialOptions, WorkflowTrial } from './exactness/workflow-trial.ts';
import type { WorkflowTest, WorkflowTestOptions } from './workflow-test.ts';

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

/**
 * The same for who explores by himself: a workflow in its world, to be run under faults of one's choice.
 * @throws AtomTestError when an atom is missing, or a provider is none of the workflow's
 */
export async function openTrial(workflow: Workflow, options: TrialOptions<unknown>): Promise<WorkflowTrial> {
  const { WorkflowTrial: Trial } = await import('./exactness/workflow-trial.ts');
  return new Trial(workflow, options);
}
