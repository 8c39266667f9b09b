import { expect, test } from '@jest/globals';
import {
  assessRisk,
  bookParcel,
  cancelParcel,
  chargeCard,
  mailReceipt,
  refundCard,
  releaseStock,
  reserveStock,
  wireMoney,
} from '../../test/fakes/atoms.ts';
import type { AtomContract } from './atom-contract.ts';
import { recordStatements } from './atom-permissions.ts';

const READ = 'dynamodb:GetItem';
const PUT = 'dynamodb:PutItem';
const UPDATE = 'dynamodb:UpdateItem';

test.each<readonly [string, AtomContract, readonly string[]]>([
  ['that is pure: none', assessRisk, []],
  ['that is a transaction: reads, and puts what is done or fenced', reserveStock, [READ, PUT]],
  ['that undoes one: updates what it has undone, too', releaseStock, [READ, PUT, UPDATE]],
  ['that is keyed: claims by updates, and is fenced by a put', chargeCard, [READ, PUT, UPDATE]],
  ['that undoes one: is never settled', refundCard, [READ, UPDATE]],
  ['that is looked up: as keyed', bookParcel, [READ, PUT, UPDATE]],
  ['that undoes one by looking: is never settled', cancelParcel, [READ, UPDATE]],
  ['that is unguarded and harmful: is settled', wireMoney, [READ, PUT, UPDATE]],
  ['that is unguarded and harmless: is never settled', mailReceipt, [READ, UPDATE]],
])('the records of an atom %s', (_, contract, actions) => {
  const statements = recordStatements(contract, 'arn:records', ['ship-order:*']);
  expect(statements.flatMap((each) => each.actions)).toEqual(actions);
});
