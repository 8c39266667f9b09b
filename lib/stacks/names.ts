import { Stack } from 'aws-cdk-lib';
import { type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Atom, type AtomContract, type IPlatform, Names } from '../constructs/index.ts';

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
export const KEEP_RESULT = 'keep-result';
export const ANSWER_DEAD_LETTERS = 'answer-dead-letters';
export const UNANSWERED = 'unanswered-dead-letters';

/** `inventory` → `breakwater-inventory` */
export function tableNameOf(name: string): string {
  return `breakwater-${name}`;
}

export const sharedTable = (scope: Construct, name: string): ITable =>
  Table.fromTableArn(
    scope,
    name,
    Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName: tableNameOf(name) }),
  );

export const sharedRecords = (scope: Construct): ITable => sharedTable(scope, 'records');

export const sharedBus = (scope: Construct): IEventBus => EventBus.fromEventBusName(scope, 'Bus', BUS);

export const sharedOperators = (scope: Construct): ITopic =>
  Topic.fromTopicArn(scope, 'Operators', Stack.of(scope).formatArn({ service: 'sns', resource: OPERATORS_TOPIC }));

/** The platform that another stack has made: what it shares, by name. It was told there of every workflow and atom. */
export function sharedPlatform(scope: Construct, atoms: readonly AtomContract[], timeScale: number): IPlatform {
  const known = new Map(atoms.map((each) => [each.name, Atom.fromContract(scope, `Atom-${each.name}`, each)]));
  const queue = (id: string, name: string): IQueue =>
    Queue.fromQueueArn(scope, id, Stack.of(scope).formatArn({ service: 'sqs', resource: name }));
  const names = new Names(scope);
  return {
    names,
    hosting: {},
    timeScale,
    records: sharedRecords(scope),
    operators: sharedOperators(scope),
    bus: sharedBus(scope),
    undoQueue: queue('UndoQueue', START_UNDO),
    resultQueue: queue('ResultQueue', KEEP_RESULT),
    deadLetterDesk: {
      functionArn: names.livePlatformArn(ANSWER_DEAD_LETTERS),
      unanswered: queue('UnansweredQueue', UNANSWERED),
    },
    atom: ({ name }) => known.get(name),
    serveAtom: () => {},
    serveWorkflow: () => {},
  };
}
