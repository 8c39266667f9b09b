import {
  again,
  FAULTS,
  type FaultKind,
  type Finding,
  type PlannedFault,
  type Run,
  type Simulation,
  sequenceDiagram,
  shrink,
  story,
} from '../../simulation/index.ts';
import { SimulationSourceError } from './source.ts';

/** What is said of a finding, once it is as small as it gets. */
export interface Told {
  readonly finding: Finding;
  /** At most fifteen lines. */
  readonly story: readonly string[];
  /** Mermaid. */
  readonly diagram: string;
  /** Runs it again. */
  readonly command: string;
}

/** Shrinks a finding and tells its story. */
export async function tell(simulation: Simulation, workflow: string, found: Finding): Promise<Told> {
  const finding = await shrink(simulation, found);
  return { ...(await toldOf(simulation, finding)), finding, command: commandOf(workflow, finding) };
}

/** Tells a run as it is. */
export async function toldOf(
  simulation: Simulation,
  finding: Finding,
): Promise<Pick<Told, 'story' | 'diagram'> & { readonly run: Run }> {
  const run = await again(simulation, finding, { tell: true });
  return { run, story: story(run), diagram: sequenceDiagram(run) };
}

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
interface Replay {
  readonly orders: readonly { readonly id: string; readonly path: string; readonly after?: number }[];
  readonly seed: number;
  readonly disorder: boolean;
  readonly faults: readonly string[];
}

/** @throws SimulationSourceError when it is no such text, or names what is not there */
export function readReplay(simulation: Simulation, text: string): Finding {
  let replay: Replay;
  try {
    replay = JSON.parse(text) as Replay;
  } catch (error) {
    throw new SimulationSourceError(
      `--replay is no JSON: ${String(error)}. Copy the whole line that the simulation printed.`,
    );
  }
  const orders = replay.orders.map(({ id, path, after = 0 }) => ({ ...simulation.order(path, id), after }));
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
