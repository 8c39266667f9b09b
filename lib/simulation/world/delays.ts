import { days, minutes, seconds } from '../../contract/index.ts';

/** How long things take in a simulation, in milliseconds. */
export const DELAY = Object.freeze({
  /** A call of AWS. */
  call: 5,
  /** A request to a provider: long enough to be overtaken by others. */
  request: 3_000,
  /** From a state machine to a service. */
  task: 10,
  /** From the end of an execution to the event that tells of it. */
  statusEvent: 500,
  /** Until a caller gives an answer up. */
  noAnswer: 1_000,
  /** Until the SDK sends a call again. */
  resend: 100,
  /** What seems lost arrives after this: later than the attempts that follow it. */
  late: seconds(30).milliseconds,
  thawed: minutes(10).milliseconds,
  /** Until a person stops what is under way. */
  meanwhile: 330,
  /** What a zombie is behind its time-out. */
  zombie: seconds(5).milliseconds,
  /** Longer than all attempts of a step. */
  outage: minutes(2).milliseconds,
  /** Longer than all attempts of a compensation. */
  gone: days(1).milliseconds,
  serviceGone: minutes(180).milliseconds,
  /** Longer than a message may wait before its attempt is stale. */
  held: seconds(70).milliseconds,
  /** Between two looks at what no event told of. */
  sweep: minutes(5).milliseconds,
  again: seconds(30).milliseconds,
  afterwards: minutes(120).milliseconds,
});
