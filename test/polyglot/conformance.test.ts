/** The same cases for the same contracts, whatever language their atoms are written in. */
import { beforeAll } from '@jest/globals';
import { contractId } from '../../lib/contract/index.ts';
import { type ConformingAtom, describeConformance } from './conformance/index.ts';
import { bookParcel, chargeCard, dropParcel, priceOrder, releaseStock, reserveStock } from './contracts.ts';
import { deploymentUnderTest, type Language } from './deployment.ts';

const deployment = deploymentUnderTest('polyglot-conformance');
const names = new Map<string, string>();
const functionOf = (name: string, language: Language): string => names.get(`${name} ${language}`) ?? '';

beforeAll(async () => {
  const atoms = ['price-order', 'reserve-stock', 'release-stock'].flatMap((name) => [
    [name, 'python'] as const,
    [name, 'typescript'] as const,
  ]);
  const providers = ['charge-card', 'book-parcel', 'drop-parcel'].map((name) => [name, 'typescript'] as const);
  for (const [name, language] of [...atoms, ...providers]) {
    names.set(`${name} ${language}`, await deployment.atom(name, language));
  }
}, 60_000);

const pricing = (language: Language): ConformingAtom => ({
  level: 'pure',
  contract: contractId(priceOrder),
  functionName: functionOf('price-order', language),
  input: () => ({
    lines: [
      { quantity: 2, unitPrice: 1_250 },
      { quantity: 1, unitPrice: 490 },
    ],
  }),
  output: () => ({ total: 2_990 }),
  broken: { lines: [{ quantity: 2 }] },
});

const reserving = (language: Language): ConformingAtom => ({
  level: 'transaction',
  contract: contractId(reserveStock),
  functionName: functionOf('reserve-stock', language),
  input: (sku) => ({ sku, quantity: 2 }),
  output: (sku) => ({ holdId: `hold of 2 ${sku}` }),
  broken: { sku: 'mug', quantity: 'two' },
  declined: (sku) => ({ input: { sku, quantity: 9 }, name: 'OutOfStock', payload: { sku } }),
  compensation: { contract: contractId(releaseStock), functionName: functionOf('release-stock', language) },
  prepare: (sku) => deployment.stockUp(sku),
  effects: async (sku) => (await deployment.taken(sku)) / 2,
});

const charging: ConformingAtom = {
  level: 'keyed',
  contract: contractId(chargeCard),
  functionName: 'charge-card-in-typescript',
  input: (orderId) => ({ orderId, amount: 7 }),
  output: () => ({ chargeId: 'charge of 7' }),
  broken: { orderId: 7 },
  declined: (orderId) => ({
    input: { orderId, amount: 9_999 },
    name: 'CardDeclined',
    payload: { reason: 'too much' },
  }),
  effects: (orderId) => deployment.charged(orderId),
};

const parcel = {
  input: (orderId: string) => ({ orderId, weight: 7 }),
  output: (orderId: string) => ({ parcelId: `parcel of ${orderId}` }),
  broken: { orderId: 'o', weight: 'seven' },
  effects: (orderId: string) => deployment.booked(orderId),
};

const booking: ConformingAtom = {
  ...parcel,
  level: 'lookup',
  contract: contractId(bookParcel),
  functionName: 'book-parcel-in-typescript',
  declined: (orderId) => ({ input: { orderId, weight: 9_999 }, name: 'NoCarrier', payload: { weight: 9_999 } }),
  lose: (orderId, key) => deployment.book(orderId, key),
};

const dropping: ConformingAtom = {
  ...parcel,
  level: 'unguarded',
  contract: contractId(dropParcel),
  functionName: 'drop-parcel-in-typescript',
};

const stage = () => deployment.stage;

for (const language of ['typescript', 'python'] as const) {
  describeConformance(`a pure atom in ${language}`, { level: 'pure', has: [] }, () => pricing(language), stage);
  describeConformance(
    `a transaction in ${language}`,
    { level: 'transaction', has: ['declined', 'compensation'] },
    () => reserving(language),
    stage,
  );
}
describeConformance('a keyed effect in typescript', { level: 'keyed', has: ['declined'] }, () => charging, stage);
describeConformance(
  'an effect that is looked up, in typescript',
  { level: 'lookup', has: ['declined'] },
  () => booking,
  stage,
);
describeConformance(
  'an effect that nobody can tell of, in typescript',
  { level: 'unguarded', has: [] },
  () => dropping,
  stage,
);
