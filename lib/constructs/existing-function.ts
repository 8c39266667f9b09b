import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type AnyContract, contractId, describeDuration, jsonSchemaOf, milliseconds } from '../contract/index.ts';
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
  const code = bundledWhenSynthesised(import.meta.dirname, (into) => {
    writePrebuilt(CALL_FUNCTION, into);
    writeFileSync(join(into, 'contract.json'), described);
  });
  return { ...props, code, environment: { FUNCTION_ARN: existing.functionArn } };
}

/** What the function that stands before it reads from `contract.json`. */
function describe(contract: AnyContract): object {
  const { name, version, summary, effect, timeout, undoes } = contract;
  return { name, version, summary, effect, timeout, ...(undoes ? { undoes } : {}), schemas: jsonSchemaOf(contract) };
}

function refuse(scope: Construct, id: string, contract: AnyContract, existing: IFunction): void {
  if (contract.effect.kind === 'transaction') {
    throw new BreakwaterSynthError(
      scope,
      `${id}: ${contractId(contract)} is a transaction, and what an existing function writes cannot be committed together with the step's record. Declare its effect as keyed (it deduplicates by the key that it gets), as unguarded, or as pure; or write it as an atom with a handler of its own.`,
    );
  }
  const limit = (existing as { readonly timeout?: Duration }).timeout;
  if (limit === undefined || limit.toMilliseconds() <= contract.timeout.milliseconds) return;
  throw new BreakwaterSynthError(
    scope,
    `${id}: the function may run for ${describeDuration(milliseconds(limit.toMilliseconds()))}, and ${contractId(contract)} gives it ${describeDuration(contract.timeout)}: it would go on after everybody has given up on it. Write timeout: seconds(${Math.ceil(limit.toSeconds())}) into the contract, or give the function less time.`,
  );
}
