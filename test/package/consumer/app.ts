// Somebody's CDK app: their stack, their table, and a workflow with its atoms.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AnyContract, Workflow as Definition } from 'breakwater';
import { Admission, Atom, Platform, Workflow } from 'breakwater/constructs';
import { assessClaim, closeClaim, openClaim, payClaim, reclaimPayment, sendLetter } from './contracts.js';

/**
 * The template of an app with a workflow.
 * @param bundle a folder with a bundled handler
 * @param outdir where the cloud assembly is written; a temporary folder where it is left out
 */
export function templateOf(workflow: Definition, bundle: string, outdir?: string): unknown {
  const stack = new Stack(new App(outdir ? { outdir } : {}), 'Claims');
  const code = Code.fromAsset(bundle);
  const platform = new Platform(stack, 'Breakwater');
  const claims = new Table(stack, 'ClaimsTable', { partitionKey: { name: 'claimId', type: AttributeType.STRING } });
  const atoms = [assessClaim, openClaim, closeClaim, payClaim, reclaimPayment, sendLetter].map(
    (each: AnyContract) =>
      new Atom(stack, each.name, {
        platform,
        contract: each,
        code,
        tables: { claims },
        dependency: { url: 'https://bank.example', key: 'secret' },
        mailFrom: 'claims@example.com',
      }),
  );
  const deployed = new Workflow(stack, 'SettleClaim', { platform, workflow, atoms });
  new Admission(stack, 'Admission', { platform, workflow, deployed, code });
  return Template.fromStack(stack).toJSON();
}
