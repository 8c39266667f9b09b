import { expect, test } from '@jest/globals';
import { DOMAIN, project } from '../../test/fakes/project.ts';
import { DomainEdit } from './domain-edit.ts';
import { emptyDomain } from './project.ts';

const shop = project.domains.get('shop') ?? emptyDomain('shop');
const tableCode = (name: string) => (identifier: string) => `export const ${identifier} = table('${name}', {});`;
const eventCode = (identifier: string) => `export const ${identifier} = event({ payload: z.object({}) });`;

test('nothing declared is nothing changed', () => {
  expect(new DomainEdit(shop).changes()).toEqual([]);
});

test('what is new stands at the end, and what it needs is imported', () => {
  const edit = new DomainEdit({ ...shop, text: DOMAIN.replace('dependency, event, table', 'table') });
  expect(edit.declare('event', 'seat-sold', eventCode, [])).toBe('seatSold');
  expect(edit.says).toBe('the event seatSold');
  const [change] = edit.changes();
  expect(change?.content).toContain("import { event, table } from '../../lib/contract/index.ts';\n");
  expect(change?.content.match(/import \* as z/g)).toHaveLength(1);
  expect(change?.content.endsWith('\n\nexport const seatSold = event({ payload: z.object({}) });\n')).toBe(true);
  expect(change?.path).toBe('lambdas/shop/domain.ts');
});

test('a new domain gets a file with just what it needs', () => {
  const edit = new DomainEdit(emptyDomain('theatre'));
  edit.declare('table', 'seats', tableCode('seats'), []);
  expect(edit.changes()).toEqual([
    {
      path: 'lambdas/theatre/domain.ts',
      content: "import { table } from '../../lib/contract/index.ts';\n\nexport const seats = table('seats', {});\n",
    },
  ]);
});

test('an import of another style is left as it is, beside a new one', () => {
  const edit = new DomainEdit({ ...shop, text: "import * as contracts from '../../lib/contract/index.ts';\n" });
  edit.declare('table', 'seats', tableCode('seats'), []);
  expect(edit.changes()[0]?.content).toMatch(/^import \{ table \} from .*\nimport \* as contracts from /);
});

test.each([
  ['that domain.ts has', 'payments', [], 'paymentsTable'],
  ['that domain.ts has, but does not export', 'line', [], 'lineTable'],
  ['that the atom has', 'award-points', ['awardPoints'], 'awardPointsTable'],
  ['that means something else in the code', 'orders', [], 'ordersTable'],
])('a name %s gets its kind behind it', (_, name, taken, expected) => {
  expect(new DomainEdit(shop).declare('table', name, tableCode(name), taken)).toBe(expected);
});

test('a name that is taken either way is refused', () => {
  const edit = new DomainEdit(shop);
  expect(() => edit.declare('table', 'payments', tableCode('payments'), ['paymentsTable'])).toThrow(
    'payments and paymentsTable are both taken in the code. Choose another name.',
  );
});
