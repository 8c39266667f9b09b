import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cdkInitSettings, type Format, OUTPUT, writeConsumer, writeProject } from './consumer.ts';
import { appFolder, manifest, packageFolder, root } from './installation.ts';
import { nodes } from './nodes.ts';

jest.setTimeout(300_000);

const app = appFolder('app');
const FORMATS: readonly Format[] = ['esm', 'cjs'];

/** What consumer/main.ts prints. */
interface Used {
  readonly output: unknown;
  readonly tables: unknown;
  readonly schedules: number;
  readonly exercised: readonly string[];
  readonly bytes: number;
  readonly folder: string;
  readonly assembly: string;
  readonly template: { readonly Resources: Readonly<Record<string, { readonly Type: string }>> };
}

/** What a state machine sends to assess a claim. */
const envelope = {
  breakwater: 1,
  verb: 'do',
  execution: 'settle-claim:c-1',
  step: 'assessment',
  contract: 'assess-claim@1.0.0',
  input: { amount: 250, note: '' },
  attempt: 1,
  notAfter: Date.now() + 3_600_000,
  correlationId: 'c-1',
};

/** What CDK does beside synthesising takes most of its time, and test/templates has it done already. */
const environment = { ...process.env, CDK_VALIDATION: 'false', CDK_DISABLE_STACK_TRACE: '1', NODE_NO_WARNINGS: '1' };

const lastLine = (file: string, args: readonly string[]): unknown =>
  JSON.parse(
    execFileSync(file, args, { cwd: app, encoding: 'utf8', env: environment, maxBuffer: 1e8 })
      .trim()
      .split('\n')
      .at(-1) ?? '',
  );

const used = new Map<string, Used>();
function use(node: string, format: Format): Used {
  const key = `${node === process.execPath ? 'pinned' : 'own'}-${format}`;
  const found =
    used.get(key) ??
    (lastLine(node, [
      join(OUTPUT, format, 'main.js'),
      join(app, format, 'handlers.ts'),
      join(app, 'bundles', key),
      JSON.stringify(envelope),
    ]) as Used);
  used.set(key, found);
  return found;
}

/** A template without what differs with the bytes of a bundle. */
const alike = ({ template }: Pick<Used, 'template'>): unknown =>
  JSON.parse(JSON.stringify(template).replace(/(?<=CurrentVersion[0-9A-F]{8})[0-9a-f]{32}|[0-9a-f]{64}/g, 'hash'));

beforeAll(() => {
  for (const format of FORMATS) writeConsumer(format, format);
  cpSync(join(import.meta.dirname, 'consumer', 'mixed.mjs'), join(app, 'mixed.mjs'));
});

test('an app as `cdk init` makes it compiles, as ES modules and as CommonJS, and misuse does not', () => {
  const project = writeProject('tsconfig.json', { ...cdkInitSettings(), include: FORMATS });
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project], {
    cwd: app,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});

describe.each(nodes())('on Node %s', (_, node) => {
  test.each(FORMATS)('a handler answers, and is tested, as %s', (format) => {
    const { output, tables, schedules, exercised } = use(node, format);
    expect(output).toEqual({ risk: 'low', score: 25 });
    expect(tables).toEqual({ claims: [{ claimId: 'c-1' }] });
    expect(schedules).toBeGreaterThan(50);
    expect(exercised).toContain('pay-out/settle-payment');
  });

  test('an app synthesises the same from both formats', () => {
    const { template } = use(node, 'esm');
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::StepFunctions::StateMachine')).toHaveLength(2);
    expect(alike(use(node, 'cjs'))).toEqual(alike(use(node, 'esm')));
  });

  const run = (...args: readonly string[]): string =>
    execFileSync(node, [join(packageFolder(), manifest().bin.breakwater), ...args], {
      cwd: app,
      encoding: 'utf8',
      env: environment,
    });

  test('the command line says what it can do, and its version', () => {
    expect(run('--version').trim()).toBe(manifest().version);
    expect(run('--help')).toMatch(/^ {2}stop /m);
    expect(run('stop', '--help')).toContain('--reason <text>');
    expect(run('--help')).not.toMatch(/^ {2}start /m);
  });

  test('the command line explains what the app synthesised', () => {
    const { assembly } = use(node, 'esm');
    expect(run('explain', assembly)).toContain('workflow settle-claim  (Claims/SettleClaim)');
    const { parts } = JSON.parse(run('explain', assembly, '--json')) as { readonly parts: readonly unknown[] };
    expect(parts).toHaveLength(9); // a platform, six atoms, a workflow, an admission
  });
});

test.each(FORMATS)('a handler that is bundled with the package, as %s, answers in a Lambda', (format) => {
  const { folder, bytes } = use(process.execPath, format);
  // As the SDK's clients weigh it.
  expect(bytes).toBeLessThan(700_000);
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)});
    console.log = () => {};
    process.stdout.write(JSON.stringify(await handler(${JSON.stringify(envelope)}, {})));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ risk: 'low', score: 25 });
});

describe('an app that holds both formats', () => {
  const mixed = (): Record<'twoCopies' | 'plan' | 'error' | 'tables', unknown> & Pick<Used, 'template'> =>
    lastLine(process.execPath, [
      'mixed.mjs',
      use(process.execPath, 'esm').folder,
      JSON.stringify(envelope),
    ]) as ReturnType<typeof mixed>;

  test('deploys a workflow of one with constructs of the other, and both know each other’s references and errors', () => {
    const { twoCopies, plan, error, tables, template } = mixed();
    expect(twoCopies).toBe(true);
    expect(alike({ template })).toEqual(alike(use(process.execPath, 'esm')));
    expect(plan).toMatchObject({
      body: {
        nodes: [
          {
            input: {
              fields: [expect.anything(), ['note', { root: 'input', path: ['note'], otherwise: { value: '' } }]],
            },
          },
          {
            ways: [
              {
                when: { kind: 'or', conditions: [{ left: { root: 'assessment' } }, { left: { root: 'assessment' } }] },
              },
            ],
          },
        ],
      },
    });
    expect(error).toBe('Contract');
    expect(tables).toEqual({ claims: [{ claimId: 'c-1' }] });
  });
});

test('doors for the rooms that others write exist as soon as the rooms do', () => {
  const paths = Object.keys(manifest().exports);
  const rooms = ['workflow', 'runtime', 'constructs', 'client', 'testing'];
  const expected = rooms.filter((room) => existsSync(join(root, 'lib', room, 'index.ts'))).map((room) => `./${room}`);
  expect(paths).toEqual(['.', ...expected, './package.json']);
});
