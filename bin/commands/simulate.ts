import { Command, InvalidArgumentError, Option } from 'commander';
import type { Explored, Job, Told } from '../../lib/local/simulation/index.ts';

interface SimulateOptions {
  readonly pairs?: boolean;
  readonly orders?: number;
  readonly seed: number;
  readonly path?: string;
  readonly faults?: readonly string[];
  readonly replay?: string;
  readonly points?: boolean;
  readonly workers?: number;
  readonly diagram?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  npm run breakwater -- simulate fulfil-order
  npm run breakwater -- simulate fulfil-order --pairs
  npm run breakwater -- simulate fulfil-order --orders 20000 --seed 7
  npm run breakwater -- simulate fulfil-order --path fulfilled --points
  npm run breakwater -- simulate fulfil-order --path fulfilled --faults "order/payment POST /charges#1 = mute"`;

/** `breakwater simulate <workflow>`: runs a workflow in virtual time, under every fault. */
export const simulateCommand = (root: string): Command =>
  new Command('simulate')
    .description(
      'Runs a workflow in virtual time: its compiled state machines and its real handlers over simulated AWS. First an order on each path with nothing going wrong, then under every single fault at every point, then many orders with faults by chance. Reaches nothing outside this process.',
    )
    .argument('<workflow>', 'such as fulfil-order')
    .addOption(new Option('--pairs', 'every pair of faults as well: minutes instead of seconds').conflicts('orders'))
    .option('--orders <number>', 'so many orders with faults by chance, and nothing else', whole)
    .option('--seed <number>', 'where chance begins; the same seed gives the same runs', whole, 1)
    .option('--path <name>', 'only this path of the workflow’s simulation.ts')
    .option('--faults <faults...>', 'one run with these faults, told: "order/payment POST /charges#1 = mute"')
    .addOption(new Option('--replay <run>', 'a run as a finding printed it, told').conflicts(['faults', 'path']))
    .option('--points', 'one run, told, and the points at which something can go wrong in it, with what can')
    .option('--workers <number>', 'threads; one a core when left out', whole)
    .option('--diagram', 'show what is told as a Mermaid sequence diagram as well')
    .option('--json', 'print the result for scripts')
    .addHelpText('after', EXAMPLES)
    .action(async (workflow: string, options: SimulateOptions) => {
      // Loads the workflow and its handlers, which no other command should wait for.
      const simulations = await import('../../lib/local/simulation/index.ts');
      const trial = await simulations.loadSimulation(root, workflow, { watch: true });
      const right =
        options.replay !== undefined || options.faults || options.points
          ? await oneRun(simulations, trial, workflow, options)
          : await explore(simulations, trial, { ...options, root, workflow });
      process.exitCode = right ? 0 : 1;
    });

type Simulations = typeof import('../../lib/local/simulation/index.ts');
type Trial = Awaited<ReturnType<Simulations['loadSimulation']>>;

/** Tells one run. @returns whether all of it holds */
async function oneRun(
  { readFault, readReplay, toldOf, tell, whyMissed, pointLines }: Simulations,
  trial: Trial,
  workflow: string,
  { replay, path, faults = [], seed, points = false, diagram: wanted = false, json = false }: SimulateOptions,
): Promise<boolean> {
  const planned = replay
    ? readReplay(trial, replay)
    : {
        orders: [trial.order(path ?? Object.keys(trial.paths)[0] ?? '')],
        seed,
        disorder: false,
        faults: faults.map(readFault),
        violations: [],
      };
  const { run, missed, story, diagram } = await toldOf(trial, planned);
  const { violations, struck } = run;
  // A run that was printed may have been mended since. What somebody typed is to strike.
  const right = violations.length === 0 && (missed.length === 0 || replay !== undefined);
  if (json) {
    console.log(
      JSON.stringify({ story, diagram, violations, struck, missed, ...(points ? { points: run.points } : {}) }),
    );
    return right;
  }
  const told = violations.length > 0 ? await tell(trial, workflow, { ...planned, violations }) : undefined;
  console.log(
    [
      ...(told ? [told.text] : story),
      ...(wanted ? ['', diagram] : []),
      ...(points ? ['', ...pointLines(run)] : []),
      '',
      ...whyMissed(run, missed),
      ...(right ? ['Everything holds.'] : []),
    ].join('\n'),
  );
  return right;
}

/** Looks for a run in which something is wrong. @returns whether there is none */
async function explore(
  { sideBySide, tell }: Simulations,
  trial: Trial,
  options: SimulateOptions & { readonly root: string; readonly workflow: string },
): Promise<boolean> {
  const { root, workflow, workers, json = false, diagram = false } = options;
  const paths = options.path === undefined ? Object.keys(trial.paths) : [trial.order(options.path).path];
  const plain: string[] = [];
  for (const path of paths) {
    const { run, findings } = await trial.plainly(path);
    const [found] = findings;
    if (found) {
      const told = await tell(trial, workflow, found);
      console.log(json ? JSON.stringify([{ job: { kind: 'plain', path }, violations: 1, found: told }]) : told.text);
      return false;
    }
    plain.push(`${path}: ${run.orders.map(({ execution }) => endOf(execution)).join()}`);
  }
  if (!json) console.log(`with nothing going wrong: ${plain.join(', ')}`);
  const results: Result[] = [];
  for (const job of jobsOf(options, paths)) {
    const started = performance.now();
    const explored = await sideBySide({
      ...{ root, workflow, job },
      ...(workers ? { workers } : {}),
      ...(json ? {} : { onProgress: (done: number) => progress(job, done) }),
    });
    const seconds = (performance.now() - started) / 1_000;
    clear();
    const [first] = explored.findings;
    const told = first ? await tell(trial, workflow, first) : undefined;
    results.push({ job, explored, seconds, told });
    if (!json) console.log(resultText({ job, explored, seconds, told }, diagram));
    if (told) break;
  }
  if (json) console.log(JSON.stringify(results.map(summary)));
  return results.every(({ told }) => !told);
}

/** `succeeded`, `declined` */
const endOf = ({ output }: { readonly output?: unknown }): string =>
  (output as { readonly status?: string } | undefined)?.status ?? 'ended';

function jobsOf({ orders, seed, pairs }: SimulateOptions, paths: readonly string[]): readonly Job[] {
  if (orders) return [{ kind: 'swarm', orders, seed, paths }];
  if (pairs) return [{ kind: 'exhaust', depth: 'pairs', paths }];
  return [
    { kind: 'exhaust', depth: 'singles', paths },
    { kind: 'swarm', orders: 2_000, seed, paths },
  ];
}

interface Result {
  readonly job: Job;
  readonly explored: Explored;
  readonly seconds: number;
  readonly told: Told | undefined;
}

const summary = ({ job, explored, seconds, told }: Result): object => ({
  job,
  schedules: explored.schedules,
  orders: explored.orders,
  violations: explored.findings.length,
  seconds: Number(seconds.toFixed(1)),
  exercised: explored.exercised.length,
  never: explored.never,
  ...(told ? { found: told } : {}),
});

const nameOf = (job: Job): string =>
  job.kind === 'swarm'
    ? 'orders with faults by chance'
    : job.depth === 'pairs'
      ? 'every pair of faults'
      : 'every single fault';

function resultText({ job, explored, seconds, told }: Result, diagram: boolean): string {
  const { schedules, orders, findings, exercised, never } = explored;
  const count = job.kind === 'swarm' ? `${some(orders, 'order')} in ${some(schedules, 'run')}` : some(schedules, 'run');
  const wrong = findings.length === 0 ? '0 violations' : `something is wrong in ${some(findings.length, 'run')}`;
  const pace = `${Math.round(orders / seconds)} orders a second`;
  const lines = [
    `${nameOf(job)}: ${count}, ${wrong}, ${seconds.toFixed(1)} s (${pace})`,
    `  exercised ${exercised.length} of ${exercised.length + never.length} states, retriers and catches`,
  ];
  return told ? [...lines, '', told.text, ...(diagram ? ['', told.diagram] : [])].join('\n') : lines.join('\n');
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** On a terminal, where it can be overwritten. */
function progress(job: Job, done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${nameOf(job)}: ${done} …`);
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** @throws InvalidArgumentError */
function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`It is a whole number above 0; received "${text}".`);
}
