import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { AnyContract } from '../../../lib/contract/index.ts';
import { type Context, NotAttempted, Transient } from '../../../lib/runtime/index.ts';

/** What the function gets beside its event, in `context.clientContext.custom`. */
export interface StepIdentity {
  /** The same in every attempt: hand it on to whatever deduplicates. */
  readonly idempotencyKey: string;
  readonly execution: string;
  readonly correlationId: string;
  readonly attempt: number;
}

/** How a Lambda function reports an error that its handler threw. */
interface ThrownError {
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/**
 * Calls an existing function with a step's input.
 * @returns its output, or the declared failure that its error bears the name of
 * @throws NotAttempted where it surely did not run, Transient for any other error of it
 */
export async function callFunction(
  lambda: LambdaClient,
  functionArn: string,
  { failures }: Pick<AnyContract, 'failures'>,
  input: unknown,
  { key, execution, correlationId, attempt, signal, fail }: Context<Record<string, unknown>>,
): Promise<unknown> {
  const identity: StepIdentity = { idempotencyKey: key, execution, correlationId, attempt };
  const { FunctionError, Payload } = await lambda
    .send(
      new InvokeCommand({
        FunctionName: functionArn,
        Payload: JSON.stringify(input),
        ClientContext: Buffer.from(JSON.stringify({ custom: identity })).toString('base64'),
      }),
      { abortSignal: signal },
    )
    .catch((error: unknown) => {
      throw error instanceof Error && NEVER_RAN.has(error.name) ? new NotAttempted(error.message) : error;
    });
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  if (!FunctionError) return answer;
  const { errorType = FunctionError, errorMessage = '' } = (answer ?? {}) as ThrownError;
  if (Object.hasOwn(failures, errorType)) return fail(errorType, payloadOf(errorMessage));
  throw new Transient(`${functionArn} failed: ${errorType}: ${errorMessage}`);
}

/** Lambda refused the call before any code ran ("Errors" of Invoke, API reference). */
const NEVER_RAN = new Set([
  'TooManyRequestsException',
  'ResourceNotFoundException',
  'ResourceNotReadyException',
  'ResourceConflictException',
  'AccessDeniedException',
  'InvalidRequestContentException',
  'EC2ThrottledException',
  'KMSAccessDeniedException',
  'RecursiveInvocationException',
  'RequestTooLargeException',
]);

/** The payload of a declared failure is the error's message: JSON if it is JSON, else `{ message }`. */
function payloadOf(message: string): unknown {
  try {
    const parsed: unknown = JSON.parse(message);
    if (parsed !== null && typeof parsed === 'object') return parsed;
  } catch {
    // Words, then.
  }
  return { message };
}
