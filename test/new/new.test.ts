/**
 * `breakwater new`, as a user runs it, in a copy of this project: an atom of every kind and workflows of them, the lines
 * that it says to put into a workflow put there, and then everything checked that CI checks.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Copy, type Ran, type Written } from './copy.ts';

jest.setTimeout(300_000);

const WRITTEN: readonly (readonly string[])[] = [
  ['atom', 'quote-fee'],
  ['atom', 'reserve-seat', '--effect', 'transaction', '--table', 'seats'],
  ['atom', 'release-seat', '--undoes', 'reserve-seat'],
  ['atom', 'take-stock', '--table', 'inventory', '--summary', 'Takes a product\'s stock, "at once".'],
  ['atom', 'print-label', '--effect', 'keyed', '--dependency', 'labels'],
  ['atom', 'cancel-label', '--undoes', 'print-label'],
  ['atom', 'reverse-hold', '--undoes', 'reserve-inventory'],
  ['atom', 'book-parcel', '--effect', 'lookup', '--dependency', 'parcels'],
  ['atom', 'cancel-parcel', '--undoes', 'book-parcel'],
  ['atom', 'send-text', '--effect', 'unguarded', '--dependency', 'texts'],
  ['atom', 'mail-thanks', '--effect', 'unguarded'],
  ['atom', 'award-points', '--domain', 'loyalty', '--effect', 'transaction'],
  ['workflow', 'book-seat', '--domain', 'orders', '--atoms', 'quote-fee,reserve-seat,print-label,mail-thanks'],
  ['workflow', 'check-order', '--domain', 'orders', '--event', 'order-placed', '--atoms', 'price-order,assess-risk'],
  [
    'workflow',
    'sell-gift',
    '--domain',
    'orders',
    '--atoms',
    'price-order,reserve-inventory,charge-payment,book-shipment,notify-customer',
  ],
  ['workflow', 'rent-bike', '--domain', 'rental'],
];

/** Into which the lines of these are put, as they say. */
const USED = ['quote-fee', 'reserve-seat', 'print-label', 'mail-thanks'];
const FULFIL = 'state-machines/orders/fulfil-order/workflow.ts';

const CHECKS = [
  'format and lint',
  'types',
  'the check for dead code',
  'the arrows between rooms',
  'the check for stale files',
  'synth, bundles and AWS’s own rules included',
] as const;
const OWN_TESTS = 'its own tests';

let copy: Copy;
const written = new Map<string, Written>();
const checked = new Map<string, Promise<Ran>>();

const ownTests = (): readonly string[] =>
  [...written.values()].flatMap(({ files }) =>
    files.map(({ path }) => path).filter((path) => path.endsWith('.test.ts')),
  );

/** All checks are begun at once, in two lanes, for that many processors there are at least. */
function beginChecks(): void {
  const rooms = ['lib', 'lambdas', 'state-machines', 'bin'];
  const commands: Record<(typeof CHECKS)[number] | typeof OWN_TESTS, () => Promise<Ran>> = {
    'format and lint': () => copy.tool('biome', 'check', '--error-on-warnings', '.'),
    types: () => copy.tool('tsc', '--noEmit'),
    'the check for dead code': () => copy.tool('knip'),
    'the arrows between rooms': () => copy.tool('depcruise', '--config', '.dependency-cruiser.mjs', ...rooms),
    'the check for stale files': () => copy.node('scripts/generate.ts', '--check'),
    'synth, bundles and AWS’s own rules included': () => copy.node('bin/app.ts'),
    [OWN_TESTS]: () => copy.tool('jest', '--selectProjects', 'unit', '--runTestsByPath', ...ownTests()),
  };
  const long = new Set<string>([OWN_TESTS, 'synth, bundles and AWS’s own rules included']);
  const last = { long: Promise.resolve() as Promise<unknown>, short: Promise.resolve() as Promise<unknown> };
  for (const [name, command] of Object.entries(commands)) {
    const lane = long.has(name) ? 'long' : 'short';
    const check = last[lane].then(command);
    last[lane] = check;
    checked.set(name, check);
  }
}

beforeAll(async () => {
  copy = new Copy();
  for (const args of WRITTEN) written.set(args[1] ?? '', await copy.write(...args));
  for (const name of USED) {
    const [line = '', step = ''] = written.get(name)?.next.flatMap(({ lines = [] }) => lines) ?? [];
    const before = step.startsWith('.send') ? /\n {2}\.returns\(\(\{ payment/ : /\n {2}\.emit\(orderFulfilled/;
    copy.edit(FULFIL, (text) => `${line}\n${text.replace(before, (found) => `\n  ${step}${found}`)}`);
  }
  expect(await copy.tool('biome', 'check', '--write', FULFIL)).toMatchObject({ code: 0 });
  expect(await copy.node('scripts/generate.ts')).toMatchObject({ code: 0 });
  beginChecks();
});
afterAll(async () => {
  await Promise.allSettled(checked.values());
  copy.remove();
});

describe('what was written passes', () => {
  test.each(CHECKS)('%s', async (name) => {
    expect(await checked.get(name)).toEqual({ code: 0, stdout: expect.any(String), output: expect.any(String) });
  });

  test('its own tests', async () => {
    const { code, output } = (await checked.get(OWN_TESTS)) ?? { code: 1, output: '' };
    expect(ownTests()).toHaveLength(17);
    expect(output).toContain('Test Suites: 17 passed, 17 total');
    expect(code).toBe(0);
  });
});

test('what was synthesised has the new atoms, tables, providers and workflows', () => {
  const templates = readdirSync(join(copy.root, 'cdk.out')).filter((file) => file.endsWith('.template.json'));
  const all = templates.map((file) => copy.read(join('cdk.out', file))).join('\n');
  const names = [
    'breakwater-seats',
    'breakwater-points',
    'sandbox-labels',
    'award-points-v1',
    'cancel-label-v1',
    'admit-rent-bike',
  ];
  expect(names.filter((name) => !all.includes(`"${name}"`))).toEqual([]);
});

test('nothing is left to be filled in', () => {
  const files = [...written.values()].flatMap(({ files: each }) => each.map(({ path }) => path));
  expect(files.filter((path) => /todo|fixme|placeholder|lorem|<name>|…/i.test(copy.read(path)))).toEqual([]);
});

test('a workflow has its definitions, as npm run generate writes them', () => {
  const generated = written.get('rent-bike')?.files.filter(({ action }) => action === 'generate') ?? [];
  expect(generated.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'state-machines/rental/rent-bike/generated/workflow.asl.json',
      'state-machines/rental/rent-bike/generated/undo.asl.json',
    ]),
  );
});

describe('nothing at all is written', () => {
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'under a name that is taken, in any domain',
      ['atom', 'award-points', '--domain', 'orders'],
      /lambdas\/loyalty\/award-points\/contract.ts declares the atom "award-points" already/,
    ],
    ['under a bad name', ['atom', 'AwardPoints', '--domain', 'orders'], /Use lower-case words joined by hyphens/],
    ['into a domain that is probably a slip', ['atom', 'award-more', '--domain', 'order'], /Did you mean orders\?/],
    [
      'without a name and a terminal',
      ['atom'],
      /Say what the atom is called: npm run breakwater -- new atom award-points/,
    ],
    [
      'without a domain where there are several',
      ['workflow', 'sell-more'],
      /Say into which domain: --domain <name>. There are: loyalty, orders, rental/,
    ],
    [
      'for an effect that there is not',
      ['atom', 'award-more', '--effect', 'magic'],
      /Allowed choices are pure, transaction, keyed, lookup, unguarded/,
    ],
    ['by a dry run', ['workflow', 'sell-more', '--domain', 'orders', '--dry-run'], /Nothing was written: --dry-run\./],
  ];

  let before = '';
  let ran: readonly Ran[] = [];
  beforeAll(async () => {
    before = copy.digest();
    ran = await Promise.all(refused.map(([, args]) => copy.new(...args)));
  });

  test.each(refused.map(([what, args, message], index) => ({ what, args, message, index })))(
    '$what',
    ({ args, message, index }) => {
      expect(ran[index]?.output).toMatch(message);
      expect(ran[index]?.code).toBe(args.includes('--dry-run') ? 0 : 1);
    },
  );

  test('by any of these', () => {
    expect(copy.digest()).toBe(before);
  });

  test('where the definitions cannot be generated: everything is taken back, domain.ts too', async () => {
    await checked.get('the check for stale files');
    const script = copy.read('scripts/generate.ts');
    copy.edit('scripts/generate.ts', (text) => `throw new Error('The disk is full.');\n${text}`);
    const { code, output } = await copy.new('workflow', 'sell-more', '--domain', 'orders');
    copy.edit('scripts/generate.ts', () => script);
    expect(output).toMatch(/Its definitions cannot be generated, so nothing was written\.\n[\s\S]*The disk is full\./);
    expect(code).toBe(1);
    expect(copy.digest()).toBe(before);
  });

  test('over a file that stands there already', async () => {
    const path = 'state-machines/orders/sell-more/demonstration.ts';
    await copy.node('-e', `fs.mkdirSync('${join(path, '..')}'); fs.writeFileSync('${path}', '// mine')`);
    const withMine = copy.digest();
    const { code, output } = await copy.new('workflow', 'sell-more', '--domain', 'orders');
    expect(output).toContain(`${path} exists already, and nothing is overwritten.`);
    expect(code).toBe(1);
    expect(copy.digest()).toBe(withMine);
  });
});

test('a dry run says what would be written, formatted as it would be', async () => {
  const { dryRun, files } = await copy.write('atom', 'plan-route', '--domain', 'shipping', '--dry-run');
  expect(dryRun).toBe(true);
  expect(files.map(({ path }) => path)).toEqual([
    'lambdas/shipping/plan-route/contract.ts',
    'lambdas/shipping/plan-route/handler.ts',
    'lambdas/shipping/plan-route/handler.test.ts',
  ]);
  expect(files[1]?.content).toMatch(/^import \{ serve \} from '\.\.\/\.\.\/\.\.\/lib\/runtime\/index\.ts';\n/);
});

test.each([
  ['atom', /new atom reserve-seat --effect transaction --table seats/],
  ['workflow', /new workflow check-order --event order-placed --atoms price-order,assess-risk/],
])('help for a new %s has examples', async (kind, example) => {
  const { code, output } = await copy.new(kind, '--help');
  expect(output).toMatch(example);
  expect(code).toBe(0);
});
