import type { AwsClients } from './aws.ts';
import { describeExecution, ENDS_AT_A_TIME, type Ended, endOf, readEnds } from './ended.ts';
import type { Pace } from './pace.ts';
import { isPassing } from './passing.ts';
import { type Due, Rounds } from './rounds.ts';

/** Where the end of an execution is to be learned. */
export interface Place {
  readonly executionArn: string;
  /** `<workflow>:<name>` */
  readonly execution: string;
  /** The table that keeps ends. Left out, there is only Step Functions to ask. */
  readonly resultsTable?: string | undefined;
}

/** Somebody who waits. Told once, and never again. */
export interface Listener {
  ended(end: Ended): void;
  /** AWS refuses to tell, and will again. */
  failed(error: unknown): void;
}

/** What is known while the end is not. */
export interface Watching {
  /** `missing`: at the end of the listener's time Step Functions says that there is no such execution. */
  readonly known: 'nothing' | 'running' | 'missing';
  /** The last error that may be gone by now. */
  readonly trouble?: unknown;
  stop(): void;
}

/**
 * Waits for the ends of any number of executions at a time, each watched once however many wait for it. The rows that
 * keep ends are read in batches, at first every 100 ms, later every second. Events are best effort, so that a row may
 * never come: then Step Functions is asked, rarely and one execution after another, at a pace that the account's quota
 * allows. One that is not there yet may be started by an event on its way: it is missing when nobody waits any longer.
 */
export class EndWatch {
  readonly #clients: AwsClients;
  readonly #pace: Pace;
  readonly #watched = new Map<string, Watched>();
  readonly #reading = new Rounds<Look>(
    (due) => this.#read(due),
    ({ pause }) => pause / 3,
  );
  readonly #asking = new Rounds<Look>((due) => this.#ask(due));

  /** @param pace of DescribeExecution, shared with whoever else calls it */
  constructor(clients: AwsClients, pace: Pace) {
    this.#clients = clients;
    this.#pace = pace;
  }

  /** @param within milliseconds for which the listener waits */
  watch(place: Place, within: number, listener: Listener): Watching {
    const watched = this.#watched.get(place.executionArn) ?? new Watched(place);
    this.#watched.set(place.executionArn, watched);
    const now = performance.now();
    const lastLook = now + Math.max(within / 2, within - LAST_LOOK);
    watched.listeners.set(listener, lastLook);
    if (place.resultsTable) {
      watched.reading.dueAt = now;
      this.#reading.add(watched.reading);
    }
    watched.asking.sooner(now + (place.resultsTable ? Math.min(PATIENCE, within / 2) : 0), watched.known === 'running');
    this.#asking.add(watched.asking);
    return {
      get known() {
        return watched.known === 'missing' && watched.missingAt < lastLook ? 'nothing' : watched.known;
      },
      get trouble() {
        return watched.trouble;
      },
      stop: () => {
        watched.listeners.delete(listener);
        if (watched.listeners.size === 0) this.#forget(watched);
      },
    };
  }

  async #read(due: readonly Look[]): Promise<void> {
    await Promise.all(
      byWorkflow(due)
        .flatMap(batchesOf)
        .map((batch) => this.#readBatch(batch)),
    );
  }

  /** @param looks at executions of one workflow: what a caller may read is granted by the workflow, request by request */
  async #readBatch(looks: readonly Look[]): Promise<void> {
    const [first] = looks;
    if (!first) return;
    try {
      const executions = looks.map(({ watched }) => watched.place.execution);
      const ends = await readEnds(this.#clients.dynamoDB, tableOf(first.watched), executions);
      for (const { watched } of looks) {
        const end = ends.get(watched.place.execution);
        if (end) this.#tell(watched, (listener) => listener.ended(end));
      }
    } catch (error) {
      for (const { watched } of looks) this.#failed(watched, error);
    } finally {
      for (const look of looks) look.later();
    }
  }

  /** One at a time, so that somebody who calls `describe` or `start` never stands behind all who wait. */
  async #ask(due: readonly Look[]): Promise<void> {
    if (due.length === 0) return;
    await this.#pace.turn();
    const look = due.find((each) => this.#asking.has(each));
    if (!look) return;
    const { watched } = look;
    try {
      const execution = await describeExecution(this.#clients.stepFunctions, watched.place.executionArn);
      watched.known = execution ? 'running' : 'missing';
      if (!execution) watched.missingAt = performance.now();
      const end = execution && endOf(execution);
      if (end) this.#tell(watched, (listener) => listener.ended(end));
    } catch (error) {
      this.#failed(watched, error);
    } finally {
      look.later();
      if (watched.known === 'missing') look.sooner(watched.nextLastLook());
    }
  }

  #failed(watched: Watched, error: unknown): void {
    if (isPassing(error)) watched.trouble = error;
    else this.#tell(watched, (listener) => listener.failed(error));
  }

  #tell(watched: Watched, tell: (listener: Listener) => void): void {
    this.#forget(watched);
    for (const listener of watched.listeners.keys()) tell(listener);
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched.place.executionArn);
    this.#reading.drop(watched.reading);
    this.#asking.drop(watched.asking);
  }
}

/** An execution whose end is waited for. */
class Watched {
  readonly place: Place;
  /** Whoever waits, and when it is time to make sure for them that there still is no such execution. */
  readonly listeners = new Map<Listener, number>();
  readonly reading: Look;
  readonly asking: Look;
  known: Watching['known'] = 'nothing';
  /** When Step Functions last said that there is none. */
  missingAt = Number.NEGATIVE_INFINITY;
  trouble: unknown;

  constructor(place: Place) {
    this.place = place;
    this.reading = new Look(this, READING);
    this.asking = new Look(this, place.resultsTable ? ASKING : ASKING_ALONE);
  }

  nextLastLook(): number {
    const now = performance.now();
    return Math.min(...[...this.listeners.values()].filter((at) => at > now));
  }
}

/** When one of the two ways to learn the end is tried next. */
class Look implements Due {
  readonly watched: Watched;
  readonly #shortest: number;
  readonly #longest: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  dueAt = Number.POSITIVE_INFINITY;
  /** Milliseconds to the next look, at most. */
  pause: number;

  constructor(watched: Watched, { first, longest }: Pauses) {
    this.watched = watched;
    this.pause = first;
    this.#shortest = first / 2;
    this.#longest = longest;
  }

  /** Backs off with equal jitter ("Exponential Backoff And Jitter", AWS Architecture Blog). */
  later(): void {
    this.#lookedAt = performance.now();
    this.dueAt = this.#lookedAt + this.pause * (0.5 + Math.random() / 2);
    this.pause = Math.min(this.pause * 2, this.#longest);
  }

  /** @param patiently no sooner after the last look than the shortest pause */
  sooner(at: number, patiently = false): void {
    this.dueAt = Math.min(this.dueAt, patiently ? Math.max(at, this.#lookedAt + this.#shortest) : at);
  }
}

/** Milliseconds. Each pause is between a half of it and all of it. */
interface Pauses {
  readonly first: number;
  readonly longest: number;
}

const READING: Pauses = { first: 100, longest: 1_000 };

/** Milliseconds for which a row is waited for before Step Functions is asked: rows come within a second as a rule. */
const PATIENCE = 5_000;

/** Where rows are kept, a lost event is the exception: after the first time no sooner than 30 seconds later. */
const ASKING: Pauses = { first: 60_000, longest: 240_000 };

/** Where none are, there is nobody else to ask. */
const ASKING_ALONE: Pauses = { first: 1_000, longest: 10_000 };

/** Milliseconds before the end of a wait in which Step Functions has to have said that there is no such execution. */
const LAST_LOOK = 1_000;

const tableOf = ({ place }: Watched): string => place.resultsTable ?? '';

const workflowOf = ({ place }: Watched): string => place.execution.slice(0, place.execution.indexOf(':'));

function byWorkflow(looks: readonly Look[]): readonly (readonly Look[])[] {
  const groups = new Map<string, Look[]>();
  for (const look of looks) {
    const key = JSON.stringify([tableOf(look.watched), workflowOf(look.watched)]);
    const group = groups.get(key) ?? [];
    group.push(look);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const batchesOf = (looks: readonly Look[]): readonly (readonly Look[])[] =>
  Array.from({ length: Math.ceil(looks.length / ENDS_AT_A_TIME) }, (_, index) =>
    looks.slice(index * ENDS_AT_A_TIME, (index + 1) * ENDS_AT_A_TIME),
  );
