import { Command, InvalidArgumentError } from 'commander';
import type { Explored, Job, Told } from '../../lib/local/simulation/index.ts';

interface SimulateOptions {
  readonly pairs?: boolean;
  readonly orders?: number;
  readonly seed: number;
  readonly path?: string;
  readonly faults?: readonly string[];
  readonly replay?: string;
  readonly workers?: number;
  readonly diagram?: boolean;
  readonly json?: boolean;
}

/** `breakwater simulate <workflow>`: runs a workflow in virtual time, under every fault. */
export const simulateCommand = (root: string): Command =>
  new Command('simulate')
    .description(
      'Runs a workflow in virtual time: its compiled state machines and its real handlers over simulated AWS, under every single fault at every point, then many orders with faults by chance. Reaches nothing outside this process.',
    )
    .argument('<workflow>', 'such as fulfil-order')
    .option('--pairs', 'every pair of faults as well: minutes instead of seconds')
    .option('--orders <number>', 'so many orders with faults by chance, and nothing else', whole)
    .option('--seed <number>', 'where chance begins; the same seed gives the same runs', whole, 1)
    .option('--path <name>', 'only this path of the workflow’s simulation.ts')
    .option('--faults <faults...>', 'one run with these faults, told: "order/payment POST /charges#1 = mute"')
    .option('--replay <run>', 'a run as a finding printed it, told')
    .option('--workers <number>', 'threads; one a core when left out', whole)
    .option('--diagram', 'show what is told as a Mermaid sequence diagram as well')
    .option('--json', 'print the result for scripts')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run breakwater -- simulate fulfil-order\n  npm run breakwater -- simulate fulfil-order --pairs\n  npm run breakwater -- simulate fulfil-order --orders 20000 --seed 7\n  npm run breakwater -- simulate fulfil-order --path fulfilled --faults "order/payment POST /charges#1 = mute"',
    )
    .action(async (workflow: string, options: SimulateOptions) => {
      // Loads the workflow and its handlers, which no other command should wait for.
      const simulations = await import('../../lib/local/simulation/index.ts');
      const simulation = await simulations.loadSimulation(root, workflow);
      if (options.replay !== undefined || options.faults) {
        const finding = options.replay
          ? simulations.readReplay(simulation, options.replay)
          : {
              orders: [simulation.order(options.path ?? Object.keys(simulation.paths)[0] ?? '')],
              seed: options.seed,
              disorder: false,
              faults: (options.faults ?? []).map(simulations.readFault),
              violations: [],
            };
        const { run, story, diagram } = await simulations.toldOf(simulation, finding);
        const { violations, struck } = run;
        if (options.json) console.log(JSON.stringify({ story, diagram, violations, struck }));
        else
          console.log([...story, ...(options.diagram ? ['', diagram] : []), '', verdict(violations.length)].join('\n'));
        process.exitCode = violations.length > 0 ? 1 : 0;
        return;
      }
      const paths = options.path === undefined ? {} : { paths: [simulation.order(options.path).path] };
      const jobs: readonly Job[] = options.orders
        ? [{ kind: 'swarm', orders: options.orders, seed: options.seed }]
        : options.pairs
          ? [{ kind: 'exhaust', depth: 'pairs', ...paths }]
          : [
              { kind: 'exhaust', depth: 'singles', ...paths },
              { kind: 'swarm', orders: 2_000, seed: options.seed },
            ];
      const results: Result[] = [];
      for (const job of jobs) {
        const started = performance.now();
        const explored = await simulations.sideBySide({
          root,
          workflow,
          job,
          ...(options.workers ? { workers: options.workers } : {}),
          ...(options.json ? {} : { onProgress: (done: number) => progress(job, done) }),
        });
        const seconds = (performance.now() - started) / 1_000;
        clear();
        const [first] = explored.findings;
        const told = first ? await simulations.tell(simulation, workflow, first) : undefined;
        results.push({ job, explored, seconds, told });
        if (!options.json) console.log(resultText({ job, explored, seconds, told }, options.diagram ?? false));
        if (told) break;
      }
      if (options.json) console.log(JSON.stringify(results.map(summary)));
      process.exitCode = results.some(({ told }) => told) ? 1 : 0;
    });

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
  const count = job.kind === 'swarm' ? `${orders} orders in ${schedules} runs` : `${schedules} schedules`;
  const pace = `${Math.round(orders / seconds)} orders a second`;
  const lines = [
    `${nameOf(job)}: ${count}, ${findings.length} violations, ${seconds.toFixed(1)} s (${pace})`,
    `  exercised ${exercised.length} of ${exercised.length + never.length} states, retriers and catches`,
  ];
  if (!told) return lines.join('\n');
  return [...lines, '', ...told.story, ...(diagram ? ['', told.diagram] : []), '', 'Again:', `  ${told.command}`].join(
    '\n',
  );
}

const verdict = (violations: number): string => (violations === 0 ? 'Everything holds.' : `${violations} violations.`);

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
