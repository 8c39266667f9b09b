import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { LIVE } from '../constructs/index.ts';

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
export const FIND_PIVOT = 'find-pivot';

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

export const sharedUndoStarter = (scope: Construct): IFunction =>
  LambdaFunction.fromFunctionAttributes(scope, 'StartUndo', {
    functionArn: Stack.of(scope).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: `${START_UNDO}:${LIVE}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    // The rule that calls it may be allowed to from another stack of the same account.
    sameEnvironment: true,
  });
