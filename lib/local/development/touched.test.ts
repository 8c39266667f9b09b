import { describe, expect, test } from '@jest/globals';
import { Sources } from './sources.ts';
import { touchesStructure } from './touched.ts';

const HANDLER = 'lambdas/orders/price-order/handler.ts';
const CONTRACT = 'lambdas/orders/price-order/contract.ts';
const RATES = 'lambdas/orders/price-order/rates.ts';
const DOMAIN = 'lambdas/orders/domain.ts';
const WORKFLOW = 'state-machines/orders/fulfil-order/workflow.ts';
const STACK = 'lib/stacks/app.ts';

const sources = new Sources(
  new Map([
    ['price-order', new Set([HANDLER, CONTRACT, RATES, DOMAIN])],
    ['notify', new Set(['lambdas/orders/notify/handler.ts', DOMAIN])],
    ['admit-fulfil-order', new Set([WORKFLOW, CONTRACT, DOMAIN])],
  ]),
  new Map([
    ['app', new Set([STACK])],
    ['contract', new Set([CONTRACT, DOMAIN])],
    ['workflow', new Set([WORKFLOW, CONTRACT, DOMAIN])],
  ]),
);
const everything = () => true;

describe('what is deployed may differ', () => {
  test.each([
    ['a contract', CONTRACT],
    ['what a contract imports', DOMAIN],
    ['a workflow', WORKFLOW],
    ['a stack', STACK],
    ['the settings', 'cdk.json'],
    ['a new atom', 'lambdas/orders/award-points/contract.ts'],
    ['a new workflow', 'state-machines/orders/return-order/workflow.ts'],
  ])('after %s was saved', (_, file) => expect(touchesStructure([file], sources, everything)).toBe(true));

  test('after a handler was removed', () => {
    expect(touchesStructure([HANDLER], sources, (file) => file !== HANDLER)).toBe(true);
  });
});

describe('only what Lambdas do differs', () => {
  test.each([
    ['a handler', HANDLER],
    ['what only a handler imports', RATES],
    ['a file that nothing imports yet', 'lambdas/orders/price-order/discounts.ts'],
  ])('after %s was saved', (_, file) => expect(touchesStructure([file], sources, everything)).toBe(false));
});

describe('a file', () => {
  test('is part of every Lambda that imports it', () => {
    expect(sources.functionsWith([DOMAIN])).toEqual(['price-order', 'notify', 'admit-fulfil-order']);
    expect(sources.functionsWith([RATES])).toEqual(['price-order']);
    expect(sources.functionsWith(['nowhere.ts'])).toEqual([]);
  });

  test('can be wrong for all that it is a part of, and for nothing else', () => {
    expect([...sources.around([RATES])].sort()).toEqual([DOMAIN, CONTRACT, HANDLER, RATES].sort());
    expect(sources.around(['nowhere.ts'])).toEqual([]);
  });
});
