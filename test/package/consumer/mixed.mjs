// An app that holds both copies of the package: its own is the ES module's, a library of its team brings the CommonJS
// one along. Prints what comes of mixing them: node mixed.mjs <a folder with a bundled handler> <an envelope>
import { createRequire } from 'node:module';
import * as esm from 'breakwater';
import { serve } from 'breakwater/runtime';
import { runAtom } from 'breakwater/testing';
import { templateOf } from './out/esm/app.js';
import * as contracts from './out/esm/contracts.js';

const [folder, envelope] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const cjs = require('breakwater');
const { ContractBroken } = require('breakwater/runtime');
const { openHandler } = require('./out/cjs/handlers.js');
const { settleClaim } = require('./out/cjs/workflow.js');

const { plan } = esm
  .workflow('mixed', contracts.claimFiled, { version: '1.0.0', deadline: esm.minutes(1), slo: { availability: 0.9 } })
  .step('assessment', contracts.assessClaim, ({ input }) => ({
    amount: input.amount,
    note: cjs.orElse(input.note, ''),
  }))
  .choose(
    'review',
    ({ assessment }) => cjs.or(cjs.equals(assessment.risk, 'high'), esm.greaterThan(assessment.score, 5)),
    (high) => high.returns(() => 1),
    (low) => low.returns(() => 2),
  )
  .returns(({ review }) => review);

const handler = serve(contracts.assessClaim, () => {
  throw new ContractBroken('It is refused by the library.');
});
const error = await handler(JSON.parse(envelope), {}).catch(({ name }) => name);

const { tables } = await runAtom(openHandler, { claimId: 'c-1' });

console.log(
  JSON.stringify({
    twoCopies: cjs.workflow !== esm.workflow,
    plan,
    error,
    tables,
    template: templateOf(settleClaim, folder),
  }),
);
