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
  /** There is no such execution, and there was none some seconds ago. */
  missing(): void;
  /** AWS refuses to tell, and will again. */
  failed(error: unknown): void;
}

/** What is known while the end is not. */
export interface Watching {
  readonly known: 'nothing' | 'running' | 'missing';
  /** The last error that may be gone by now. */
  readonly trouble?: unknown;
  stop(): void;
}

/**
 * Waits for the ends of any number of executions at a time, each watched once however many wait for it. The rows that
 * keep ends are read in batches, at first every 100 ms, later every second. Events are best effort, so that a row may
 * never come: then Step Functions is asked, one execution after another, at a pace that the account's quota allows.
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

  /** @param patience milliseconds for which a row is waited for before Step Functions is asked */
  watch(place: Place, patience: number, listener: Listener): Watching {
    const watched = this.#watched.get(place.executionArn) ?? new Watched(place);
    this.#watched.set(place.executionArn, watched);
    watched.listeners.add(listener);
    // It may have been started since it was found missing, for this is somebody new.
    if (watched.known === 'missing') watched.known = 'nothing';
    const now = performance.now();
    if (place.resultsTable) {
      watched.reading.dueAt = now;
      this.#reading.add(watched.reading);
    }
    watched.asking.dueAt = Math.min(watched.asking.dueAt, now + (place.resultsTable ? patience : 0));
    this.#asking.add(watched.asking);
    return {
      get known() {
        return watched.known;
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
    const tables = new Set(due.map(({ watched }) => watched.place.resultsTable ?? ''));
    await Promise.all(
      [...tables].flatMap((table) => {
        const looks = due.filter(({ watched }) => watched.place.resultsTable === table);
        return batchesOf(looks).map((batch) => this.#readBatch(table, batch));
      }),
    );
  }

  async #readBatch(table: string, looks: readonly Look[]): Promise<void> {
    try {
      const executions = looks.map(({ watched }) => watched.place.execution);
      const ends = await readEnds(this.#clients.dynamoDB, table, executions);
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
      if (!execution) return this.#missing(look);
      watched.known = 'running';
      const end = endOf(execution);
      if (end) this.#tell(watched, (listener) => listener.ended(end));
    } catch (error) {
      this.#failed(watched, error);
    } finally {
      look.later();
    }
  }

  /** What Step Functions says lags behind a start, and an event takes a moment to start its order: it is asked twice. */
  #missing(look: Look): void {
    const { watched } = look;
    if (watched.known === 'missing') this.#tell(watched, (listener) => listener.missing());
    watched.known = 'missing';
    look.pause = Math.max(look.pause, SURE_AFTER);
  }

  #failed(watched: Watched, error: unknown): void {
    if (isPassing(error)) watched.trouble = error;
    else this.#tell(watched, (listener) => listener.failed(error));
  }

  #tell(watched: Watched, tell: (listener: Listener) => void): void {
    this.#forget(watched);
    for (const listener of watched.listeners) tell(listener);
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
  readonly listeners = new Set<Listener>();
  readonly reading: Look;
  readonly asking: Look;
  known: Watching['known'] = 'nothing';
  trouble: unknown;

  constructor(place: Place) {
    this.place = place;
    this.reading = new Look(this, READING);
    this.asking = new Look(this, place.resultsTable ? ASKING : ASKING_ALONE);
  }
}

/** When one of the two ways to learn the end is tried next. */
class Look implements Due {
  readonly watched: Watched;
  readonly #longest: number;
  dueAt = Number.POSITIVE_INFINITY;
  /** Milliseconds to the next look, at most. */
  pause: number;

  constructor(watched: Watched, { first, longest }: Pauses) {
    this.watched = watched;
    this.pause = first;
    this.#longest = longest;
  }

  /** Backs off with equal jitter ("Exponential Backoff And Jitter", AWS Architecture Blog). */
  later(): void {
    this.dueAt = performance.now() + this.pause * (0.5 + Math.random() / 2);
    this.pause = Math.min(this.pause * 2, this.#longest);
  }
}

/** Milliseconds. */
interface Pauses {
  readonly first: number;
  readonly longest: number;
}

const READING: Pauses = { first: 100, longest: 1_000 };

/** Where rows are kept, a lost event is the exception. */
const ASKING: Pauses = { first: 5_000, longest: 60_000 };

/** Where none are, there is nobody else to ask. */
const ASKING_ALONE: Pauses = { first: 1_000, longest: 10_000 };

/** Milliseconds between the two times that an execution has to be missing. */
const SURE_AFTER = 5_000;

const batchesOf = (looks: readonly Look[]): readonly (readonly Look[])[] =>
  Array.from({ length: Math.ceil(looks.length / ENDS_AT_A_TIME) }, (_, index) =>
    looks.slice(index * ENDS_AT_A_TIME, (index + 1) * ENDS_AT_A_TIME),
  );
