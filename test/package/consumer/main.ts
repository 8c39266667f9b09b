// Uses the package as its users do, and prints what came of it:
// node main.js <the file of the handlers> <a folder for the bundle> <an envelope>
import { minutes, workflow } from 'breakwater';
import { bundle } from 'breakwater/constructs';
import { invariant, runAtom, testAtom, testWorkflow } from 'breakwater/testing';
import { templateOf } from './app.js';
import { claimFiled, payClaim } from './contracts.js';
import { handler, openHandler, payHandler } from './handlers.js';
import { settleClaim } from './workflow.js';

const payOut = workflow('pay-out', claimFiled, { version: '1.0.0', deadline: minutes(5), slo: { availability: 0.99 } })
  .step('payment', payClaim, ({ input }) => ({ number: input.claimId, amount: input.amount }))
  .returns(({ payment }) => payment.paymentId);

async function main([file = '', into = '', envelope = '']: readonly string[]): Promise<void> {
  const bundles = await bundle({ entries: [{ name: 'claims', file }], into, root: process.cwd() });
  const { folder = '', bytes = 0 } = bundles.get('claims') ?? {};
  const output = await handler(JSON.parse(envelope), {} as never);
  await testAtom(handler);
  const { tables } = await runAtom(openHandler, { claimId: 'c-1' });
  const { schedules, exercised } = await testWorkflow(payOut, {
    atoms: [payHandler],
    paths: { paid: (claimId) => ({ claimId, amount: 5 }) },
    invariants: [
      invariant('one payment a claim', ({ ledgers }) => (ledgers.bank ?? []).length <= 1 || 'There are more.'),
    ],
  });
  const assembly = `${into}.cdk.out`;
  const template = templateOf(settleClaim, folder, assembly);
  console.log(JSON.stringify({ output, tables, schedules, exercised, bytes, folder, assembly, template }));
}

void main(process.argv.slice(2));
