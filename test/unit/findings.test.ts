import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Misused, readArguments, readOptions } from '../../scripts/findings/arguments.ts';
import { load, namesIn } from '../../scripts/findings/catalogue.ts';
import { figuresOf, pageOf, sectionOf, usageOf, withSection } from '../../scripts/findings/page.ts';

const OPTIONS = {
  orders: { description: 'how many', default: 20_000, short: 200 },
  faults: { description: 'which', default: 'all' },
};
const found = { passed: true, figures: { schedules: 12_345, worst: 'none' }, text: 'Every one of them.\n' };
const where = {
  name: 'all-pairs',
  summary: 'Two faults at once.',
  command: 'npm run prove -- all-pairs --orders 5',
  commit: 'abc with changes',
  node: 'v24',
  machine: 'a machine',
  seconds: 2.4,
  options: { orders: 5 },
};

describe('options on the command line', () => {
  const asked = (...args: string[]) => readOptions(OPTIONS, readArguments(['pairs', ...args]));

  test('are those given, and the defaults', () => {
    expect(asked('--orders', '1_000')).toEqual({ orders: 1_000, faults: 'all' });
    expect(asked('--json', '--faults=none')).toEqual({ orders: 20_000, faults: 'none' });
  });

  test('are short ones with --short, unless they are given', () => {
    expect(asked('--short')).toEqual({ orders: 200, faults: 'all' });
    expect(asked('--short', '--orders', '7')).toEqual({ orders: 7, faults: 'all' });
  });

  test('that do not exist, or are no number, are told with what there is', () => {
    expect(() => asked('--sed', '7')).toThrow(Misused);
    expect(() => asked('--sed', '7')).toThrow(/--sed.*There are: --orders, --faults, --help, --json, --short\.$/s);
    expect(() => asked('--orders', 'many')).toThrow('--orders is a number (how many); received "many".');
  });

  test('may come without a name', () => {
    expect(readArguments(['--help'])).toMatchObject({ name: undefined, help: true });
    expect(readArguments([])).toMatchObject({ name: undefined, help: false, rest: [] });
  });

  test('are listed by --help', () => {
    const usage = usageOf('prove', 'pairs', { summary: 'Two faults.', options: OPTIONS, run: async () => found });
    expect(usage).toContain('--orders         how many (20000, with --short 200)');
    expect(usage).toContain('--faults         which (all)');
  });
});

describe('what is written', () => {
  test('says the command, the circumstances, the figures and the text', () => {
    expect(pageOf(found, where)).toBe(`<!-- Written by "npm run prove -- all-pairs --orders 5". Do not edit. -->

# All pairs

Two faults at once.

\`npm run prove -- all-pairs --orders 5\`

Passed in 2 s, at commit abc with changes, Node v24, a machine, with orders 5.

| | |
|---|---|
| schedules | 12,345 |
| worst | none |

Every one of them.
`);
    expect(figuresOf(found, where)).toBe('  schedules  12,345\n  worst      none\nok   all-pairs (2 s)');
    expect(pageOf({ ...found, passed: false }, where)).toContain('**Failed** in 2 s');
  });

  test('replaces its own section and no other', () => {
    const [one, two] = [sectionOf(found, { ...where, name: 'one' }), sectionOf(found, { ...where, name: 'two' })];
    const both = withSection(withSection('# Benchmarks\n', 'one', one), 'two', two);
    expect(both).toBe(`# Benchmarks\n\n${one}\n${two}`);
    expect(withSection(both, 'one', one)).toBe(both);
    const other = sectionOf({ ...found, text: 'Otherwise.' }, { ...where, name: 'one' });
    expect(withSection(both, 'one', other)).toBe(`# Benchmarks\n\n${other}\n${two}`);
  });
});

describe('what there is', () => {
  test('is each file and each folder with an index, without tests and types', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'findings-'));
    for (const inner of ['runtime', 'parts']) mkdirSync(join(folder, inner));
    const files = ['finding.ts', 'pairs.ts', 'pairs.test.ts', 'notes.md', 'runtime/index.ts', 'parts/other.ts'];
    for (const file of files) writeFileSync(join(folder, file), 'export const other = 1;\n');
    expect(await namesIn(folder)).toEqual(['pairs', 'runtime']);
    await expect(load(folder, 'nothing', 'proof')).rejects.toThrow('exports no "proof"');
  });
});
