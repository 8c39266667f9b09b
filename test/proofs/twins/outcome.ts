/** What became of an order, as both sides can tell it. */
export interface Outcome {
  /** `succeeded`, `declined payment CardDeclined`, `failed Compensated.Transient`. */
  readonly end: string;
  /** By step, how often its effect happened and how often it was undone: `1, undone 1`. */
  readonly effects: Readonly<Record<string, string>>;
  /** How many of the order's product are gone. */
  readonly taken: number;
  /** What waits for a person: `undo stock`. */
  readonly parked: readonly string[];
  /** In the order in which they were entered. */
  readonly states: readonly string[];
  /** By state, how often its task was tried, where that was more than once. */
  readonly attempts: Readonly<Record<string, string>>;
  /** By step, what its record says: `value`, `declined CardDeclined`, `fenced`, `open`. */
  readonly records: Readonly<Record<string, string>>;
}

export type Field = keyof Outcome;

export const FIELDS: readonly Field[] = ['end', 'effects', 'taken', 'parked', 'states', 'attempts', 'records'];

/** Something that both sides do not agree about. */
export interface Difference {
  readonly field: Field;
  /** Both opinions. */
  readonly text: string;
}

export function differences(
  simulated: Outcome,
  emulated: Outcome,
  leaveOut: Partial<Record<Field, string>> = {},
): readonly Difference[] {
  return FIELDS.filter((field) => !(field in leaveOut)).flatMap((field) => {
    const [one, other] = [textOf(simulated[field]), textOf(emulated[field])];
    return one === other ? [] : [{ field, text: `${field}: simulated ${one}; emulated ${other}` }];
  });
}

export const textOf = (value: Outcome[Field]): string => {
  if (Array.isArray(value)) return value.join(', ') || 'none';
  if (typeof value !== 'object') return String(value);
  return (
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([step, what]) => `${step} ${what}`)
      .join(', ') || 'none'
  );
};

/** The rows of steps among all that is recorded of an execution: `payment`, `payment~undo`. */
export const isStep = (step: string): boolean => /^[\w#/]+(~undo)?$/.test(step);

export const PARKED_ROW = /^(.*)~parked~(.*)$/;

/** What a record says became of its step. */
export function saidBy(record: Readonly<Record<string, unknown>>): string {
  const outcome = (record.outcome ?? {}) as { declined?: { name: string }; fenced?: string };
  if ('value' in outcome) return 'value';
  if (outcome.declined) return `declined ${outcome.declined.name}`;
  return outcome.fenced === undefined ? 'open' : 'fenced';
}

/** Of states with the number of their attempts. */
export const triedAgain = (tries: Iterable<readonly [state: string, attempts: number]>): Outcome['attempts'] =>
  Object.fromEntries([...tries].filter(([, attempts]) => attempts > 1).map(([state, times]) => [state, String(times)]));

export const counted = (done: number, undone: number): string => `${done}${undone > 0 ? `, undone ${undone}` : ''}`;
