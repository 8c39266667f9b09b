import { CompensatedPrefix, ContractViolation, parse, type Schema } from '../contract/index.ts';
import type { Ended } from './ended.ts';
import { type Failure, type Order, WorkflowFailed } from './errors.ts';

/** How an order ended that did not fail. */
export type End<Output> =
  | { readonly status: 'succeeded'; readonly value: Output }
  /** Business said no. What it had done is undone, and it is no failure. */
  | { readonly status: 'declined'; readonly failure: Declined };

/** A declared failure. */
export interface Declined {
  /** Where it was declined. */
  readonly step: string;
  /** As the contract declares it, such as `CardDeclined`. */
  readonly name: string;
  /** As the contract declares it under that name. */
  readonly payload: unknown;
}

/**
 * What an end means.
 * @throws WorkflowFailed for one that failed, timed out or was stopped
 * @throws ContractViolation for a value that breaks the schema of results
 */
export async function readEnd<Output>(
  order: Order,
  ended: Ended,
  schema: Schema<unknown, Output> | undefined,
): Promise<End<Output>> {
  if (ended.status !== 'SUCCEEDED') throw failureOf(order, ended.status, ended);
  const output = fromJson(ended.output);
  if (isSucceeded(output)) {
    const value = schema ? await parse(schema, output.value, `result of ${order.workflow}`) : (output.value as Output);
    return { status: 'succeeded', value };
  }
  if (isDeclined(output)) {
    const { step, name, cause } = output.failure;
    return { status: 'declined', failure: { step, name, payload: fromJson(cause) } };
  }
  throw new ContractViolation(`output of ${order.workflow} "${order.id}"`, [
    {
      path: 'status',
      message: 'expected "succeeded" or "declined", which every workflow of Breakwater ends with',
      received: (ended.output ?? 'nothing').slice(0, 120),
    },
  ]);
}

export function failureOf(order: Order, status: Failure['status'], { error, cause }: Ended): WorkflowFailed {
  const said = fromJson(cause);
  const { step, Cause } = isRecord(said) ? said : {};
  const prefix = Object.values(CompensatedPrefix).find((each) => error?.startsWith(each));
  return new WorkflowFailed(
    order,
    {
      status,
      error: prefix ? error?.slice(prefix.length) : error,
      reason: prefix ? textOf(Cause) : cause,
      step: textOf(step),
      compensated: prefix === CompensatedPrefix.compensated,
      parked: prefix === CompensatedPrefix.parked,
    },
    said,
  );
}

/** What JSON text says; the text itself where it is none, as a cause that was cut is none. */
function fromJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

const isSucceeded = (output: unknown): output is { readonly value: unknown } =>
  isRecord(output) && output.status === 'succeeded';

const isDeclined = (
  output: unknown,
): output is { readonly failure: { readonly step: string; readonly name: string; readonly cause?: string } } =>
  isRecord(output) && output.status === 'declined' && isRecord(output.failure);
