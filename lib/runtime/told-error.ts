import { causesOf, type Masking } from './masking.ts';

/** An error as a line of the log tells it: its name, its message and the facts in its fields. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/**
 * What there is to tell of anything that was thrown, masked. Of its fields those that are plain values: an object in an
 * error of DynamoDB's may be the whole record.
 */
export function told(error: unknown, masking: Masking): ToldError {
  if (!(error instanceof Error)) return { name: 'Error', message: masking.text(String(error)) };
  // An error that was only given another name says no more.
  const causes = causesOf(error)
    .filter(({ message }) => message !== error.message)
    .map((cause) => one(cause, masking));
  return { ...one(error, masking), ...(causes.length > 0 ? { causes } : {}) };
}

function one(error: Error, masking: Masking): ToldError {
  const { $metadata } = error as { readonly $metadata?: { readonly requestId?: unknown; httpStatusCode?: unknown } };
  const facts = Object.fromEntries(Object.entries(error).filter(([name, value]) => isFact(name, value)));
  return {
    ...masking.facts(facts),
    // Of an AWS client's error: what AWS support asks for.
    ...($metadata?.requestId ? { awsRequestId: $metadata.requestId, status: $metadata.httpStatusCode } : {}),
    name: error.name,
    message: masking.text(error.message),
  };
}

const isFact = (name: string, value: unknown): boolean =>
  PLAIN.has(typeof value) && !SECRET.test(name) && String(value).length <= LONGEST_FACT;

const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

/** A task token answers for the atom: who reads logs must not be able to. */
const SECRET = /token|secret|password|authorization|stack/i;

const LONGEST_FACT = 200;
