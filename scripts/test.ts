/**
 * All that must never break: `npm test`. Static checks side by side, then the tests, a stage a line with its time.
 * `npm test -- unit templates` runs only these stages, `--all` the long ones too; `--json` prints a last line for scripts.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const reports = join(root, 'build', 'test-reports');

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it is a jest project, whose tests are counted. */
  readonly counted?: boolean;
  /** Takes minutes: run by its name, or with --all, as CI does. */
  readonly long?: boolean;
}

const jest = (name: string): Stage => ({
  name,
  command: [
    'jest',
    '--selectProjects',
    name,
    '--json',
    '--outputFile',
    join(reports, `${name}.json`),
    '--silent=false',
    `--maxWorkers=${cpus().length}`,
  ],
  counted: true,
});

const STATIC: readonly Stage[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  {
    name: 'arrows between rooms',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'lib', 'lambdas', 'state-machines', 'bin'],
  },
  { name: 'dead code', command: ['knip'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
];

/** A proof in its short form. */
const proof = (name: string, long = false): Stage => ({
  name: `prove ${name}`,
  command: ['node', 'scripts/prove.ts', name, '--short'],
  long,
});

const TESTS: readonly Stage[] = [
  jest('unit'),
  jest('templates'),
  jest('package'),
  jest('emulator'),
  proof('pairs'),
  proof('swarm', true),
  proof('planted', true),
  proof('mutants', true),
  proof('twins', true),
  proof('kills', true),
  jest('integration'),
  jest('start'),
  { ...jest('new'), long: true },
  { ...jest('adoption'), long: true },
  { ...jest('dev'), long: true },
];

interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
}

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log('npm test [-- stage …] [--all] [--json]\n');
  console.log(
    `Without a stage, all of them but the long ones (${TESTS.filter(({ long }) => long)
      .map(({ name }) => name)
      .join(
        ', ',
      )}), which --all adds. static: ${STATIC.map(({ name }) => name).join(', ')}. Others: ${TESTS.map(({ name }) => name).join(', ')}.`,
  );
  console.log('--json prints a last line for scripts. `npm run format` mends what format and lint can mend.');
  process.exit(0);
}
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const isWanted = ({ name, long = false }: Stage): boolean =>
  (wanted.length === 0 && (!long || args.includes('--all'))) ||
  wanted.includes(name) ||
  (wanted.includes('static') && STATIC.some((each) => each.name === name));
const unknown = wanted.filter(
  (name) => name !== 'static' && ![...STATIC, ...TESTS].some((stage) => stage.name === name),
);
if (unknown.length > 0) {
  console.error(
    `No stage "${unknown[0]}". There are: static, ${[...STATIC, ...TESTS].map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const started = performance.now();
const results: Result[] = await Promise.all(STATIC.filter(isWanted).map(run));
for (const stage of TESTS.filter(isWanted)) results.push(await run(stage));

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const seconds = secondsSince(started);
console.log(
  `\n${results.map((result) => `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${result.name.padEnd(22)} ${result.seconds.toFixed(1).padStart(6)} s`).join('\n')}`,
);
console.log(`in ${seconds.toFixed(0)} s\n\n${passed} passed, ${failed} failed`);
if (json) console.log(JSON.stringify({ passed, failed, seconds, stages: results }));
process.exit(failed === 0 ? 0 : 1);

async function run(stage: Stage): Promise<Result> {
  const [command = '', ...rest] = stage.command;
  const begun = performance.now();
  const { code, output } = await execute(join(bin, command), rest);
  const counts = stage.counted
    ? await countsOf(stage.name)
    : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  const result = {
    name: stage.name,
    seconds: secondsSince(begun),
    passed: counts.passed,
    failed: Math.max(counts.failed, code === 0 ? 0 : 1),
  };
  console.log(
    `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${stage.name} (${result.seconds.toFixed(1)} s${stage.counted ? `, ${counts.passed} tests` : ''})`,
  );
  if (result.failed > 0 || stage.name === 'integration' || stage.name === 'dev') console.log(output.trimEnd());
  return result;
}

function execute(command: string, rest: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, rest, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  });
}

async function countsOf(name: string): Promise<{ passed: number; failed: number }> {
  try {
    const report = JSON.parse(await readFile(join(reports, `${name}.json`), 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}
