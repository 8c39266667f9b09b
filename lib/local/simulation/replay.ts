import { z } from 'zod';
import {
  again,
  FAULTS,
  type FaultKind,
  type Finding,
  missedBy,
  type PlannedFault,
  type Run,
  type Simulation,
  sequenceDiagram,
  story,
} from '../../simulation/index.ts';
import type { WorkflowTrial } from '../../testing/index.ts';
import { SimulationSourceError } from './source.ts';

/** What is said of a finding, once it is as small as it gets. */
export interface Told {
  readonly finding: Finding;
  /** What is wrong, the fewest faults that it takes, what happened, what to change. */
  readonly text: string;
  /** At most fifteen lines. */
  readonly story: readonly string[];
  /** Mermaid. */
  readonly diagram: string;
  /** Runs it again. */
  readonly command: string;
}

/** Shrinks a finding and tells its story. */
export async function tell(trial: WorkflowTrial, workflow: string, found: Finding): Promise<Told> {
  const { finding, message } = await trial.told(found, (shrunk) => commandOf(workflow, shrunk));
  const { story: lines, diagram } = await toldOf(trial, finding);
  return { finding, text: message, story: lines, diagram, command: commandOf(workflow, finding) };
}

/** Tells a run as it is, and which of its faults struck nothing. */
export async function toldOf(
  simulation: Simulation,
  finding: Finding,
): Promise<Pick<Told, 'story' | 'diagram'> & { readonly run: Run; readonly missed: readonly PlannedFault[] }> {
  const run = await again(simulation, finding, { tell: true });
  return { run, missed: missedBy(run, finding.faults), story: story(run), diagram: sequenceDiagram(run) };
}

/** Where things can go wrong in a run, and which, a line for each point; and what their names mean. */
export function pointLines({ points }: Pick<Run, 'points'>): readonly string[] {
  const kinds = new Set(points.flatMap((point) => point.kinds));
  return [
    'Points, and what can go wrong there:',
    ...points.filter((point) => point.kinds.length > 0).map((point) => `  ${point.id}: ${point.kinds.join(', ')}`),
    '',
    'What happens there then:',
    ...Object.entries(FAULTS)
      .filter(([kind]) => kinds.has(kind as FaultKind))
      .map(([kind, what]) => `  ${kind.padEnd(18)} it ${what}`),
  ];
}

/** Why faults struck nothing. @returns a sentence or more for each */
export const whyMissed = ({ points }: Pick<Run, 'points'>, missed: readonly PlannedFault[]): readonly string[] =>
  missed.map(({ at, kind }) => {
    const text = `"${at} = ${kind}" strikes nothing in this run.`;
    const point = points.find(({ id }) => id === at);
    if (point) return `${text} What can go wrong there: ${point.kinds.join(', ') || 'nothing'}.`;
    const place = at.split(' ')[0] ?? '';
    const near = points.filter(({ id }) => id.startsWith(`${place} `)).map(({ id }) => id);
    const steps = [...new Set(points.map(({ id }) => id.split(' ')[0]))];
    return near.length > 0
      ? `${text} Its points at ${place}: ${near.join(', ')}.`
      : `${text} Nothing happens at ${place}. What does: ${steps.join(', ')}. --points lists the points.`;
  });

/** `npm run breakwater -- simulate fulfil-order --replay '…'` */
function commandOf(workflow: string, { orders, seed, disorder, faults }: Finding): string {
  const replay = {
    orders: orders.map(({ id, path, after }) => ({ id, path, after })),
    seed,
    disorder,
    faults: faultsText(faults),
  };
  return `npm run breakwater -- simulate ${workflow} --replay '${JSON.stringify(replay)}'`;
}

const faultsText = (faults: readonly PlannedFault[]): readonly string[] =>
  faults.map(({ at, kind }) => `${at} = ${kind}`);

/** A run as it stands on the command line. */
const Replay = z.object({
  orders: z.array(z.object({ id: z.string(), path: z.string(), after: z.number().default(0) })).min(1),
  seed: z.int(),
  disorder: z.boolean(),
  faults: z.array(z.string()),
});
type Replay = z.infer<typeof Replay>;

/** @throws SimulationSourceError when it is no such text, or names what is not there */
export function readReplay(simulation: Simulation, text: string): Finding {
  let replay: Replay;
  try {
    replay = Replay.parse(JSON.parse(text));
  } catch (error) {
    throw new SimulationSourceError(
      `--replay is no run: ${error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error)}. Copy the whole line that the simulation printed.`,
    );
  }
  const orders = replay.orders.map(({ id, path, after }) => ({ ...simulation.order(path, id), after }));
  return { orders, seed: replay.seed, disorder: replay.disorder, faults: replay.faults.map(readFault), violations: [] };
}

/** `order/payment POST /charges#1 = mute` */
export function readFault(text: string): PlannedFault {
  const [, at, kind] = /^(.+?)\s*=\s*([a-z-]+)$/.exec(text) ?? [];
  if (at === undefined || kind === undefined || !Object.hasOwn(FAULTS, kind)) {
    throw new SimulationSourceError(
      `"${text}" is no fault. Write <point> = <fault>, such as "order/payment POST /charges#1 = mute". Faults: ${Object.keys(FAULTS).join(', ')}.`,
    );
  }
  return { at, kind: kind as FaultKind };
}
