// Somebody's CDK app: their stack, their table and bus, and a workflow with its atoms.
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type AnyContract, contract, type Workflow as Definition, minutes, pure, unguarded } from 'breakwater';
import { Admission, Atom, RecordsTable, UndoStarter, Workflow } from 'breakwater/constructs';
import * as z from 'zod';
import { assessClaim, closeClaim, openClaim, payClaim, reclaimPayment, sendLetter } from './contracts.js';

const anything = { version: '1.0.0', summary: 'Of the platform.', input: z.any(), output: z.any() } as const;
const PLATFORM: readonly AnyContract[] = [
  contract({ ...anything, name: 'park-steps', effect: unguarded({ duplicates: 'harmless' }) }),
  contract({ ...anything, name: 'inspect-execution', effect: pure, timeout: minutes(1) }),
];

/**
 * The template of an app with a workflow.
 * @param bundle a folder with a bundled handler
 */
export function templateOf(workflow: Definition, bundle: string): unknown {
  const stack = new Stack(new App(), 'Claims');
  const code = Code.fromAsset(bundle);
  const records = new RecordsTable(stack, 'Records');
  const operators = new Topic(stack, 'Operators');
  const bus = new EventBus(stack, 'Bus');
  const claims = new Table(stack, 'ClaimsTable', { partitionKey: { name: 'claimId', type: AttributeType.STRING } });
  const { queue: undoQueue } = new UndoStarter(stack, 'StartUndo', {
    functionName: 'start-undo',
    code: platform('start-undo'),
    workflows: [workflow.plan.name],
    operators,
  });
  const own = [assessClaim, openClaim, closeClaim, payClaim, reclaimPayment, sendLetter].map(
    (each: AnyContract) =>
      new Atom(stack, each.name, {
        contract: each,
        code,
        records,
        operators,
        tables: { claims },
        dependency: { url: 'https://bank.example', key: 'secret' },
        mailFrom: 'claims@example.com',
      }),
  );
  const platforms = PLATFORM.map(
    (each) => new Atom(stack, each.name, { contract: each, code: platform(each.name), records, operators }),
  );
  const deployed = new Workflow(stack, 'SettleClaim', {
    workflow,
    atoms: [...own, ...platforms],
    bus,
    operators,
    undoQueue,
  });
  new Admission(stack, 'Admission', { workflow, deployed, code, bus, records, operators });
  return Template.fromStack(stack).toJSON();
}

/** A Lambda of the platform as the package brings it along. */
function platform(name: string): Code {
  return Code.fromAsset(`${process.cwd()}/node_modules/breakwater/dist/lambdas/${name}`);
}
