/** A length of time. Written with its unit (`minutes(15)`), so that no bare number has to be guessed at. */
export interface Duration {
  readonly milliseconds: number;
}

/**
 * @param amount zero or more, finite
 * @throws RangeError for a negative or infinite amount
 */
export function milliseconds(amount: number): Duration {
  if (!Number.isFinite(amount) || amount < 0) {
    throw new RangeError(`A duration is zero or more and finite; received ${amount}.`);
  }
  return Object.freeze({ milliseconds: amount });
}

export const seconds = (amount: number): Duration => milliseconds(amount * 1_000);
export const minutes = (amount: number): Duration => seconds(amount * 60);
export const hours = (amount: number): Duration => minutes(amount * 60);
export const days = (amount: number): Duration => hours(amount * 24);

/** Whole seconds, rounded up: AWS takes no fractions for time-outs. */
export const inSeconds = (duration: Duration): number => Math.ceil(duration.milliseconds / 1_000);

export const sum = (...durations: readonly Duration[]): Duration =>
  milliseconds(durations.reduce((total, each) => total + each.milliseconds, 0));

/** The longest of some durations; zero for none. */
export const longest = (durations: readonly Duration[]): Duration =>
  milliseconds(Math.max(0, ...durations.map((each) => each.milliseconds)));

/** For people: `45s`, `15m`, `4h`, `2d`. The largest unit that divides it evenly. */
export function describeDuration({ milliseconds: amount }: Duration): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ];
  const [unit, size] = units.find(([, each]) => amount >= each && amount % each === 0) ?? ['ms', 1];
  return `${amount / size}${unit}`;
}
