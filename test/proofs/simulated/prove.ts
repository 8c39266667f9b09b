import { join } from 'node:path';
import { type Explored, type Job, loadSimulation, sideBySide, tell } from '../../../lib/local/simulation/index.ts';
import type { Finding, Progress } from '../finding.ts';

const root = join(import.meta.dirname, '../../..');
export const WORKFLOW = 'fulfil-order';

/** A job done on the reference workflow, with what a page says of it. */
export async function prove(job: Job, unit: 'schedules' | 'orders', progress: Progress): Promise<Finding> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let told = 0;
  const explored = await sideBySide({
    root,
    workflow: WORKFLOW,
    job,
    onProgress: (done) => {
      if (performance.now() - told < 2_000) return;
      told = performance.now();
      progress(`${done} ${unit}`);
    },
  });
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  return {
    passed: explored.findings.length === 0,
    figures: {
      schedules: explored.schedules,
      orders: explored.orders,
      violations: explored.findings.length,
      seconds: round(seconds),
      'orders a second': Math.round(explored.orders / seconds),
      'orders a second of CPU': Math.round(explored.orders / cpuSeconds),
      'states, retriers and catches exercised': `${explored.exercised.length} of ${explored.exercised.length + explored.never.length}`,
    },
    text: await text(explored),
  };
}

async function text({ findings, never }: Explored): Promise<string> {
  const [first] = findings;
  const neverText =
    never.length === 0
      ? 'Every state, retrier and catch of both machines was exercised.'
      : `Never exercised: ${never.map((each) => `\`${each}\``).join(', ')}.`;
  if (!first) return neverText;
  const { story, diagram, command } = await tell(await loadSimulation(root, WORKFLOW), WORKFLOW, first);
  const counts = Object.entries(Object.groupBy(findings, ({ violations }) => violations[0]?.invariant ?? ''));
  return [
    neverText,
    '',
    ...counts.flatMap(([invariant, runs = []]) => [
      `- ${runs.length} runs: ${invariant}.`,
      ...runs.slice(0, LISTED).map(({ seed, violations }) => `  - seed ${seed}: ${violations[0]?.what}`),
    ]),
    '',
    '### The first violation',
    '',
    '```',
    ...story,
    '```',
    '',
    '```mermaid',
    diagram,
    '```',
    '',
    `\`${command}\``,
  ].join('\n');
}

/** Runs of one kind that a page lists. */
const LISTED = 20;

export const round = (value: number): number => Number(value.toFixed(1));
