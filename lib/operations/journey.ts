import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

/** One state that an execution entered. */
export interface Visit {
  readonly state: string;
  /** How often its task was tried. 0 for states that are no tasks. */
  readonly attempts: number;
  /** The error of the last attempt, if the state was left by a Catch or not at all. */
  readonly error?: string;
  readonly left: boolean;
  readonly enteredAt: Date;
}

/** The states that an execution went through, in the order in which it entered them. */
export async function readJourney(stepFunctions: SFNClient, executionArn: string): Promise<readonly Visit[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000, includeExecutionData: false, nextToken }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return journeyOf(events);
}

export function journeyOf(events: readonly HistoryEvent[]): readonly Visit[] {
  const visits: { -readonly [Key in keyof Visit]: Visit[Key] }[] = [];
  for (const event of events) {
    const name = event.stateEnteredEventDetails?.name;
    if (name !== undefined) {
      visits.push({ state: name, attempts: 0, left: false, enteredAt: event.timestamp ?? new Date(0) });
      continue;
    }
    const visit = visits.at(-1);
    if (!visit) continue;
    if (event.type === 'TaskScheduled') visit.attempts += 1;
    if (event.type === 'TaskFailed') visit.error = event.taskFailedEventDetails?.error ?? 'States.TaskFailed';
    if (event.type === 'TaskTimedOut') visit.error = event.taskTimedOutEventDetails?.error ?? 'States.Timeout';
    if (event.type === 'TaskSucceeded') delete visit.error;
    if (event.stateExitedEventDetails) visit.left = true;
  }
  return visits;
}
