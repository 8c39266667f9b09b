import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/*
 * What stacks share has a name by convention. Nothing is exported from one to another, so that none holds another
 * back, and no workflow's deploy can touch data.
 */

export const BUS = 'breakwater';
export const OPERATORS_TOPIC = 'breakwater-operators';
export const RECORDS_TABLE = tableNameOf('records');
export const SANDBOX_LEDGER = tableNameOf('sandbox-ledger');
export const SANDBOX_FAULTS = tableNameOf('sandbox-faults');
export const START_UNDO = 'start-undo';
export const PARK_STEPS = 'park-steps';
export const INSPECT_EXECUTION = 'inspect-execution';

/** `inventory` → `breakwater-inventory` */
export function tableNameOf(name: string): string {
  return `breakwater-${name}`;
}

export const sharedTable = (scope: Construct, name: string): ITable =>
  TableV2.fromTableArn(
    scope,
    name,
    Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName: tableNameOf(name) }),
  );

export const sharedRecords = (scope: Construct): ITable => sharedTable(scope, 'records');

export const sharedBus = (scope: Construct): IEventBus => EventBus.fromEventBusName(scope, 'Bus', BUS);

export const sharedOperators = (scope: Construct): ITopic =>
  Topic.fromTopicArn(scope, 'Operators', Stack.of(scope).formatArn({ service: 'sns', resource: OPERATORS_TOPIC }));

/** Of the starter of undo machines, whose name it bears. */
export const sharedUndoQueue = (scope: Construct): IQueue =>
  Queue.fromQueueArn(scope, 'UndoQueue', Stack.of(scope).formatArn({ service: 'sqs', resource: START_UNDO }));
