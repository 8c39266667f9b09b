import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { declaredErrorName, defaults, ErrorName } from '../contract/index.ts';
import { clients } from './clients.ts';
import { AtomError } from './errors.ts';
import type { Outcome } from './outcome.ts';

/** What an atom tells the state machine. */
export type Answer = { readonly output: string } | { readonly error: string; readonly cause: string };

export function answerOf(outcome: Outcome): Answer {
  if ('declined' in outcome) return failure(declaredErrorName(outcome.declined.name), outcome.declined.payload);
  if ('fenced' in outcome) return failure(ErrorName.Fenced, { message: outcome.fenced });
  const output = JSON.stringify(outcome.value ?? null);
  const bytes = Buffer.byteLength(output);
  if (bytes <= defaults.answerBytes) return { output };
  // The effect happened and is recorded; only the way back is too narrow for the answer.
  return failure(ErrorName.Contract, {
    message: `The answer has ${bytes} bytes; at most ${defaults.answerBytes} can be answered.`,
  });
}

export function answerOfError(error: unknown): Answer {
  return failure(errorNameOf(error), { message: error instanceof Error ? error.message : String(error) });
}

/** Errors of no kind that we know may well be over next time. */
export const errorNameOf = (error: unknown): ErrorName =>
  error instanceof AtomError ? error.name : ErrorName.Transient;

/**
 * Answers a token, outside the idempotent part, so that a replay answers its own.
 * @returns false when nobody waits for it any more
 */
export async function send(token: string, answer: Answer): Promise<boolean> {
  const command =
    'output' in answer
      ? new SendTaskSuccessCommand({ taskToken: token, output: answer.output })
      : new SendTaskFailureCommand({ taskToken: token, error: answer.error, cause: answer.cause });
  try {
    await clients.stepFunctions().send(command as SendTaskSuccessCommand);
    return true;
  } catch (error) {
    if (error instanceof Error && GONE.has(error.name)) return false;
    throw error;
  }
}

/** TaskTimedOut also means: answered already, or the execution is over. */
const GONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

function failure(error: string, payload: unknown): Answer {
  const cause = JSON.stringify(payload);
  if (Buffer.byteLength(cause) <= defaults.causeBytes) return { error, cause };
  return { error, cause: JSON.stringify({ message: `${cause.slice(0, 4_000)}…`, cut: true }) };
}
