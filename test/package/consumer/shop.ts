// An application that starts the workflow and waits for its end.
import { seconds, workflowClient } from 'breakwater/client';
import { settleClaim } from './workflow.js';

const claims = workflowClient(settleClaim);

/** @returns the id of the payment, or why there is none */
export async function settle(claimId: string): Promise<string> {
  await claims.start({ claimId, amount: 250 }, { id: claimId });
  const end = await claims.result(claimId, { within: seconds(30) });
  return end.status === 'succeeded' ? end.value.paymentId : end.failure.name;
}
