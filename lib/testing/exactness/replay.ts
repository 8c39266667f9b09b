import { AtomTestError, type Finding } from '../../simulation/index.ts';

/** The environment variable that says what to run again. */
const VARIABLE = 'BREAKWATER_REPLAY';

interface Replay extends Pick<Finding, 'orders' | 'seed' | 'disorder' | 'faults'> {
  readonly workflow: string;
}

/** The command that runs a finding again, for a shell. */
export function replayCommand(workflow: string, { orders, seed, disorder, faults }: Finding): string {
  const replay: Replay = { workflow, seed, disorder, faults, orders };
  return `${VARIABLE}='${JSON.stringify(replay).replaceAll("'", "'\\''")}' npm test`;
}

/** What is to be run again of a workflow, if anything is. @throws AtomTestError when nobody can read it */
export function isReplayOf(workflow: string): Finding | undefined {
  const text = process.env[VARIABLE];
  if (!text) return undefined;
  try {
    const { workflow: of, ...replay } = JSON.parse(text) as Replay;
    return of === workflow ? { ...replay, violations: [] } : undefined;
  } catch (cause) {
    throw new AtomTestError(`${VARIABLE} is no JSON: ${text}. Copy it from what a finding says, quotes included.`, {
      cause,
    });
  }
}
