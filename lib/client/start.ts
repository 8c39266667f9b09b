import { randomBytes } from 'node:crypto';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { delay } from './delay.ts';
import { describeExecution } from './ended.ts';
import { IdConflict, type Order } from './errors.ts';
import { differenceOf } from './input.ts';

/** What is to be started, and where. */
export interface StartRequest {
  readonly order: Order;
  /** The alias `live`. */
  readonly liveArn: string;
  readonly name: string;
  readonly executionArn: string;
  /** The input as JSON text. */
  readonly text: string;
}

/**
 * Starts an execution unless its name is taken.
 * @returns whether it was started by this very call
 * @throws IdConflict where the name was taken with another input
 */
export async function start(stepFunctions: SFNClient, request: StartRequest): Promise<boolean> {
  const { liveArn, name, text } = request;
  const sent = text + signature();
  try {
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn: liveArn, name, input: sent }));
    return true;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
  }
  const started = await inputOf(stepFunctions, request);
  // An answer was lost, and when the SDK sent the same once more it had ended already.
  if (started === sent) return true;
  const difference = differenceOf(JSON.parse(started), JSON.parse(text));
  if (difference !== undefined) throw new IdConflict(request.order, difference);
  return false;
}

/**
 * Blanks behind the JSON, which mean nothing, other ones for every call. Step Functions answers a start of a running
 * execution's name with the same text as if it were new; so the same text is only this call's own, sent again by the
 * SDK because an answer was lost.
 */
const signature = (): string => Array.from(randomBytes(16), (byte) => BLANKS[byte % BLANKS.length]).join('');

const BLANKS = [' ', '\t', '\n', '\r'];

/** The text that an execution was started with. DescribeExecution lags behind StartExecution, which knows the name already. */
async function inputOf(stepFunctions: SFNClient, { executionArn }: StartRequest): Promise<string> {
  for (let look = 1; ; look += 1) {
    const execution = await describeExecution(stepFunctions, executionArn);
    if (execution) return execution.input ?? '{}';
    if (look === LOOKS) throw new Error(`Step Functions says of ${executionArn} that it exists and that it does not.`);
    await delay(LOOK_MS);
  }
}

const LOOKS = 10;
const LOOK_MS = 300;
