/** What can go wrong at one point of a run. */
export type FaultKind = keyof typeof FAULTS;

/** Every fault that is played, in the words of a story. */
export const FAULTS = Object.freeze({
  // A call of AWS by a function.
  refused: 'is refused: throttled, and nothing is done',
  outage: 'is refused, and so is every call of that service for two minutes',
  unanswered: 'is done, and its answer is lost',
  resent: 'is done twice: the answer is lost once, and the SDK sends it again',
  late: 'seems lost, and is done half a minute later all the same',
  thawed: 'is kept in a frozen process, and sent ten minutes later when that goes on',
  'crash-before': 'is not sent: the process dies before',
  'crash-after': 'is done, and the process dies before it hears of it',
  zombie: 'is answered when Lambda has given the process up, and it goes on',
  // A request to a provider.
  unreachable: 'is not sent: the connection is refused',
  down: 'is refused by the provider (503)',
  mute: 'is done, and no answer of that provider arrives for two minutes',
  gone: 'is refused by the provider, as is everything for a day',
  garbled: 'is done, and answered with something that means nothing',
  slow: 'is done, and answered after the handler’s time',
  declined: 'is declined by the provider, unless it was answered before',
  collided: 'collides with another transaction',
  // A message.
  twice: 'is delivered twice at the same time',
  again: 'is delivered again half a minute later',
  afterwards: 'is delivered again two hours later',
  held: 'lies in its queue for 70 seconds',
  dead: 'goes to the dead-letter queue unread',
  // A task of a state machine.
  'service-refused': 'is refused by the service',
  'service-unanswered': 'is done by the service, and Step Functions does not hear of it',
  'stopped-meanwhile': 'is under way when a person stops the execution',
  'service-gone': 'is refused by the service, as is everything for three hours',
  // An execution.
  stopped: 'is stopped by a person',
  broken: 'breaks with an error that no Catch sees',
  // The event that it ended.
  missed: 'is not published',
} as const);

/** One fault at one point. */
export interface PlannedFault {
  /** The point's id. */
  readonly at: string;
  readonly kind: FaultKind;
}

/** A place in a run at which something may go wrong. */
export interface Point {
  /** What happens there and the how-manieth time: `o-1/payment UpdateItem#2`. The same in every run up to its faults. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kinds: readonly FaultKind[];
}

/** Decides at each point whether something goes wrong. */
export interface Faults {
  strike(point: Point): FaultKind | undefined;
}

export const NO_FAULTS: Faults = Object.freeze({ strike: () => undefined });

/** Exactly these faults. */
export class PlannedFaults implements Faults {
  readonly #planned: ReadonlyMap<string, FaultKind>;

  constructor(planned: readonly PlannedFault[]) {
    this.#planned = new Map(planned.map(({ at, kind }) => [at, kind]));
  }

  strike({ id, kinds }: Point): FaultKind | undefined {
    const kind = this.#planned.get(id);
    return kind !== undefined && kinds.includes(kind) ? kind : undefined;
  }
}

/** Numbers the points of a run, and asks for each what goes wrong there. */
export class Points {
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  /** Every point that was reached, in order. */
  readonly reached: Point[] = [];
  /** Every fault that struck, by its point. */
  readonly struck: PlannedFault[] = [];

  constructor(faults: Faults, now: () => number) {
    this.#faults = faults;
    this.#now = now;
  }

  reach(label: string, kinds: readonly FaultKind[]): FaultKind | undefined {
    const count = (this.#counts.get(label) ?? 0) + 1;
    this.#counts.set(label, count);
    const point: Point = { id: `${label}#${count}`, at: this.#now(), kinds };
    this.reached.push(point);
    const kind = this.#faults.strike(point);
    if (kind) this.struck.push({ at: point.id, kind });
    return kind;
  }
}
