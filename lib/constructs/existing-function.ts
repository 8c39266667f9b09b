import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  type AnyContract,
  contractId,
  defaults,
  describeDuration,
  isFindable,
  jsonSchemaOf,
  milliseconds,
  sum,
} from '../contract/index.ts';
import type { AtomProps } from './atom-props.ts';
import { bundledWhenSynthesised } from './code.ts';
import { BreakwaterSynthError } from './errors.ts';
import { writePrebuilt } from './prebuilt.ts';

/** An existing Lambda function, and what it promises. */
export interface ExistingFunctionProps
  extends Omit<AtomProps, 'contract' | 'code' | 'entry' | 'environment' | 'tables' | 'dependency' | 'mailFrom'> {
  /** With schemas that JSON Schema can say (zod 4.2 or newer): the function before yours checks by them. */
  readonly contract: AnyContract;
  /** Called as it is, by its ARN; an alias or a version is better, for what runs does not change then. */
  readonly function: IFunction;
}

/** The platform's Lambda that stands before an existing function. */
const CALL_FUNCTION = 'call-function';

/**
 * What makes an atom stand before an existing function.
 * @throws BreakwaterSynthError
 */
export function beforeFunction(
  scope: Construct,
  id: string,
  { function: existing, ...props }: ExistingFunctionProps,
): AtomProps {
  const { contract } = props;
  refuse(scope, id, contract, existing);
  const described = JSON.stringify(describe(contract));
  const code = bundledWhenSynthesised(import.meta.dirname, described, (into) => {
    writePrebuilt(CALL_FUNCTION, into);
    writeFileSync(join(into, 'contract.json'), described);
  });
  // What it touches it has by itself: the function before it needs neither tables nor a provider's address.
  const { dependency: _, ...own } = contract;
  return { ...props, contract: { ...own, uses: [] }, code, environment: { FUNCTION_ARN: existing.functionArn } };
}

/** What the function that stands before it reads from `contract.json`. */
function describe(contract: AnyContract): object {
  const { name, version, summary, effect, timeout, undoes } = contract;
  return { name, version, summary, effect, timeout, ...(undoes ? { undoes } : {}), schemas: jsonSchemaOf(contract) };
}

/** @throws BreakwaterSynthError */
function refuse(scope: Construct, id: string, contract: AnyContract, existing: IFunction): void {
  const refusal = problemWith(contract, existing);
  if (refusal) throw new BreakwaterSynthError(scope, `${id}: ${refusal}`);
}

function problemWith(contract: AnyContract, existing: IFunction): string | undefined {
  if (contract.effect.kind === 'transaction') {
    return `${contractId(contract)} is a transaction, and what an existing function writes cannot be committed together with the step's record. Declare its effect as keyed (it deduplicates by the key that it gets), as unguarded, or as pure; or write it as an atom with a handler of its own.`;
  }
  if (isFindable(contract.effect)) {
    return `the effect of ${contractId(contract)} is asked for after a failure (find), and an existing function has only one way to be called. Declare its effect as keyed({ keyLifetime }), as unguarded, or write an atom with a handler of its own.`;
  }
  const [precondition] = Object.keys(contract.preconditions);
  if (precondition !== undefined) {
    return `${contractId(contract)} has the precondition ${precondition}, which is code, and the function that stands before yours checks by JSON Schema. Say it in the schema of the input, check it in your function, or write an atom with a handler of its own.`;
  }
  const pattern = patternsIn(jsonSchemaOf(contract)).find((each) => !isPattern(each));
  if (pattern !== undefined) {
    return `a schema of ${contractId(contract)} has the pattern ${pattern}, which JSON Schema reads as Unicode (the flag u) and which is none: escape only what has to be escaped.`;
  }
  const limit = limitOf(existing);
  const needed = limit === undefined ? undefined : sum(milliseconds(limit.toMilliseconds()), START_ALLOWANCE);
  if (!limit || !needed || needed.milliseconds <= contract.timeout.milliseconds) return undefined;
  return `the function may run for ${describeDuration(milliseconds(limit.toMilliseconds()))} and needs up to ${describeDuration(START_ALLOWANCE)} to start, and ${contractId(contract)} gives it ${describeDuration(contract.timeout)}: it would go on after everybody has given up on it. Write timeout: seconds(${Math.ceil(needed.milliseconds / 1_000)}) into the contract, or give the function less time.`;
}

/** A cold start counts for who calls, and not for the function's own limit. */
const START_ALLOWANCE = defaults.callAllowance;

/** Of the function, or of what an alias or a version stands for; undefined for one that was imported. */
function limitOf(existing: IFunction): Duration | undefined {
  const { timeout, lambda } = existing as { readonly timeout?: Duration; readonly lambda?: IFunction };
  const limit = timeout ?? (lambda as { readonly timeout?: Duration } | undefined)?.timeout;
  return limit?.isUnresolved() ? undefined : limit;
}

/** The patterns anywhere in some schemas. */
function patternsIn(schema: unknown): readonly string[] {
  if (schema === null || typeof schema !== 'object') return [];
  const { pattern } = schema as { readonly pattern?: unknown };
  return [...(typeof pattern === 'string' ? [pattern] : []), ...Object.values(schema).flatMap(patternsIn)];
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
