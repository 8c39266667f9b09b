import type { Call } from './call.ts';

/** What is done to a call. Made by the functions below. */
export type Action =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'duplicate'; readonly answer: 'first' | 'second' }
  | { readonly kind: 'throttle' }
  | { readonly kind: 'garble' }
  | { readonly kind: 'kill'; readonly when: 'before' | 'after' }
  | { readonly kind: 'first'; readonly act: (call: Call) => Promise<void> };

/** Forwarded later. Other faults for the same call still strike, afterwards. */
export const delay = (milliseconds: number): Action => ({ kind: 'delay', milliseconds });

/** The connection is closed; nothing is forwarded. */
export const drop = (): Action => ({ kind: 'drop' });

/** Forwarded, carried out, the answer thrown away and the connection closed. */
export const loseAnswer = (): Action => ({ kind: 'lose-answer' });

/**
 * Forwarded, and once it is answered forwarded again.
 * @param answer which one the caller gets. `second`, as a client that tried again after a lost answer; `first`, as
 * when a copy goes astray.
 */
export const duplicate = (answer: 'first' | 'second' = 'second'): Action => ({ kind: 'duplicate', answer });

/** Not forwarded: answered as the service does when there are too many calls. */
export const throttle = (): Action => ({ kind: 'throttle' });

/** Forwarded, carried out, and answered with JSON that means nothing. */
export const garble = (): Action => ({ kind: 'garble' });

/**
 * The process that calls is killed (SIGKILL), before anything is forwarded or after it was carried out and before the
 * answer is passed on. As a Lambda sandbox that dies, with all that it is doing at that moment.
 */
export const kill = (when: 'before' | 'after'): Action => ({ kind: 'kill', when });

/**
 * Something else happens before it is forwarded: a copy of the message that the caller is at work on is sent, a person
 * stops the execution. Other faults for the same call still strike, afterwards.
 * @param act what it throws stands in the injection's `error`, and the call goes on
 */
export const first = (act: (call: Call) => Promise<void>): Action => ({ kind: 'first', act });
