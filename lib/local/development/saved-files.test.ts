import { describe, expect, test } from '@jest/globals';
import { isSource, sortFiles } from './saved-files.ts';

describe('a source', () => {
  test.each([
    'lambdas/orders/price-order/handler.ts',
    'lib/runtime/serve.ts',
    'cdk.json',
    'state-machines/orders/fulfil-order/rates.json',
  ])('is %s', (file) => expect(isSource(file)).toBe(true));

  test.each([
    ['what is generated', 'state-machines/orders/fulfil-order/generated/workflow.asl.json'],
    ['what is built', 'build/lambdas/price-order/index.mjs'],
    ['a package', 'node_modules/zod/index.js'],
    ['an editor’s swap file', 'lambdas/orders/price-order/.handler.ts.swp'],
    ['an editor’s lock', 'lambdas/orders/price-order/.#handler.ts'],
    ['an editor’s autosave', 'lambdas/orders/price-order/#handler.ts#'],
    ['an editor’s backup', 'lambdas/orders/price-order/handler.ts~'],
    ['vim’s trial file', 'lambdas/orders/price-order/4913'],
    ['prose', 'state-machines/orders/fulfil-order/runbook.md'],
  ])('is not %s', (_, file) => expect(isSource(file)).toBe(false));
});

test('saved files are sorted by what is to be done about them', () => {
  const handler = 'lambdas/orders/price-order/handler.ts';
  const unit = 'lambdas/orders/price-order/handler.test.ts';
  const demonstration = 'state-machines/orders/fulfil-order/demonstration.ts';
  const own = 'lib/local/development/watch.ts';
  expect(sortFiles([handler, unit, 'test/unit/faults-proxy.test.ts', demonstration, own])).toEqual({
    deployable: [handler, own],
    tests: [unit, 'test/unit/faults-proxy.test.ts'],
    demonstrations: [demonstration],
    own: [own],
  });
});
