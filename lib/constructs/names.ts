import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { majorId } from '../contract/index.ts';

/** The alias through which everything is called: code and definitions change behind it. */
export const LIVE = 'live';

interface Named {
  readonly name: string;
  readonly version: string;
}

/*
 * Physical names by convention, one per major version. Whoever knows a contract knows where its atom lives, so that a
 * workflow's stack needs no export of the atoms' stack: an export that is in use can't be changed or removed.
 */

export const functionNameOf = (atom: Named): string => majorId(atom);
export const queueNameOf = (atom: Named): string => majorId(atom);
export const deadLetterQueueNameOf = (queueName: string): string => `${queueName}-dead-letters`;

export const liveFunctionArnOf = (scope: Construct, atom: Named): string =>
  arn(scope, 'lambda', 'function', `${functionNameOf(atom)}:${LIVE}`);

export const queueArnOf = (scope: Construct, atom: Named): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: queueNameOf(atom) });

export const stateMachineArnOf = (scope: Construct, name: string): string => arn(scope, 'states', 'stateMachine', name);

/** All executions of a machine: their names do not exist before they start. */
export const executionArnsOf = (scope: Construct, machine: string): string =>
  arn(scope, 'states', 'execution', `${machine}:*`);

/** All rules of the account in this region, whatever bus they are on. */
export const ruleArnsOf = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });

const arn = (scope: Construct, service: string, resource: string, resourceName: string): string =>
  Arn.format({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }, Stack.of(scope));
