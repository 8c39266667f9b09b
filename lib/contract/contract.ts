import { type Compensable, compensableSchema } from './compensable.ts';
import { defaults } from './defaults.ts';
import { type Duration, describeDuration, minutes } from './duration.ts';
import { type Effect, isFindable } from './effect.ts';
import { ContractDefinitionError } from './errors.ts';
import { checkPreconditions, type Preconditions } from './precondition.ts';
import type { Dependency, Resource } from './resources.ts';
import type { Schema } from './schema.ts';
import { stepTimes } from './times.ts';
import { checkName, checkVersion, majorOf } from './version.ts';

/** Payload types by name of the declared failure. */
export type Failures = Readonly<Record<string, unknown>>;

/** What an atom answers in one example. */
export type Example<Input, Output, F extends Failures> =
  | { readonly input: Input; readonly output: Output }
  | {
      readonly input: Input;
      readonly failure: { [K in keyof F]: { readonly name: K; readonly payload: F[K] } }[keyof F];
    };

/**
 * What an atom promises. Plain data and schemas; no code, no AWS.
 *
 * @typeParam Input what a workflow passes
 * @typeParam Output what later steps read
 * @typeParam F payloads of declared failures by name
 * @typeParam Parsed what the handler receives: the input as its schema has parsed it
 * @typeParam Returned what the handler returns, before the output's schema has parsed it
 */
export interface Contract<
  Input = unknown,
  Output = unknown,
  F extends Failures = Failures,
  Parsed = unknown,
  Returned = unknown,
  E extends Effect = Effect,
> {
  readonly kind: 'contract';
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly input: Schema<Input, Parsed>;
  readonly output: Schema<Returned, Output>;
  readonly failures: { readonly [K in keyof F]: Schema<unknown, F[K]> };
  readonly effect: E;
  /** What has to hold of an input beyond its schema, by name. */
  readonly preconditions: Preconditions<Parsed>;
  /** The handler's limit. */
  readonly timeout: Duration;
  readonly dependency?: Dependency;
  readonly uses: readonly Resource[];
  readonly examples: readonly Example<Input, Output, F>[];
  /** For a compensation: the contract whose effect it takes back. */
  readonly undoes?: { readonly name: string; readonly version: string };
}

/** A contract of whatever types: for code that handles all alike. */
export type AnyContract = Contract;

export interface ContractDefinition<Input, Output, F extends Failures, Parsed, Returned, E extends Effect> {
  /** Lower-case words joined by hyphens; the folder's name. */
  readonly name: string;
  /** Semantic version of the promise. A breaking change is a new major version, with a queue of its own. */
  readonly version: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly input: Schema<Input, Parsed>;
  readonly output: Schema<Returned, Output>;
  /** Business outcomes that are no errors, by name in PascalCase, each with its payload. None when left out. */
  readonly failures?: { readonly [K in keyof F]: Schema<unknown, F[K]> };
  readonly effect: E;
  /**
   * What has to hold of an input beyond its schema, by name: each a predicate over what the handler would get, and what
   * people are told when it does not hold. Checked before anything is touched; what breaks one breaks the contract, is
   * never tried again, and counts as no attempt. None when left out.
   */
  readonly preconditions?: Preconditions<NoInfer<Parsed>>;
  /** The handler's limit, 1 s to 10 min. Ten seconds when left out. */
  readonly timeout?: Duration;
  /** The provider it calls. None when left out. */
  readonly dependency?: Dependency;
  /** Tables and services of the account that it touches. None when left out. */
  readonly uses?: readonly Resource[];
  /** Inputs with their answers; documentation that tests run. */
  readonly examples?: readonly Example<Input, Output, F>[];
}

/**
 * Declares what an atom promises.
 *
 * @example
 * export const chargePayment = contract({
 *   name: 'charge-payment', version: '1.0.0', summary: 'Charges the customer’s card.',
 *   input: z.object({ amount: z.int() }), output: z.object({ chargeId: z.string() }),
 *   failures: { CardDeclined: z.object({ reason: z.string() }) },
 *   effect: keyed({ keyLifetime: days(1) }), dependency: payments,
 * });
 * @throws ContractDefinitionError naming what to change
 */
export function contract<Input, Output, Parsed, Returned, E extends Effect, F extends Failures = Record<never, never>>(
  definition: ContractDefinition<Input, Output, F, Parsed, Returned, E>,
): Contract<Input, Output, F, Parsed, Returned, E> {
  return define(definition);
}

/** The effect of one contract taken back: its input is what the step was given and what it answered. */
export interface CompensationDefinition<Output, Returned, E extends Effect>
  extends Omit<
    ContractDefinition<unknown, Output, Record<never, never>, unknown, Returned, E>,
    'input' | 'failures' | 'examples' | 'preconditions'
  > {}

/**
 * Declares the compensation of an effect. It has no declared failures and no preconditions: what can be refused is not
 * an undo.
 * The runtime builds its input from the step's record, `{ input, output }`.
 *
 * @example
 * export const refundPayment = compensation(chargePayment, {
 *   name: 'refund-payment', version: '1.0.0', summary: 'Refunds a charge.',
 *   output: z.object({ refundId: z.string() }), effect: keyed({ keyLifetime: days(1) }), dependency: payments,
 * });
 */
export function compensation<
  Input,
  Output,
  F extends Failures,
  Parsed,
  Returned,
  UndoOutput,
  UndoReturned,
  E extends Effect,
>(
  of: Contract<Input, Output, F, Parsed, Returned>,
  definition: CompensationDefinition<UndoOutput, UndoReturned, E>,
): Contract<
  Compensable<Parsed, Output>,
  UndoOutput,
  Record<never, never>,
  Compensable<Parsed, Output>,
  UndoReturned,
  E
> {
  if (of.effect.kind === 'none') {
    throw new ContractDefinitionError(
      `Compensation "${definition.name}"`,
      `Nobody can tell whether the effect of ${of.name} happened, so it cannot be undone exactly.`,
      'Use a provider that deduplicates by key (keyed) or that can be asked (lookup), or leave the compensation out.',
    );
  }
  if (of.effect.kind === 'pure') {
    throw new ContractDefinitionError(
      `Compensation "${definition.name}"`,
      `${of.name} is pure: it changes nothing.`,
      'There is nothing to undo; remove the compensation.',
    );
  }
  return Object.freeze({
    ...define<
      Compensable<Parsed, Output>,
      UndoOutput,
      Record<never, never>,
      Compensable<Parsed, Output>,
      UndoReturned,
      E
    >({
      ...definition,
      input: compensableSchema<Parsed, Output>(of),
    }),
    undoes: Object.freeze({ name: of.name, version: of.version }),
  });
}

function define<Input, Output, F extends Failures, Parsed, Returned, E extends Effect>(
  definition: ContractDefinition<Input, Output, F, Parsed, Returned, E>,
): Contract<Input, Output, F, Parsed, Returned, E> {
  const subject = `Contract "${definition.name}"`;
  checkName('Contract', definition.name);
  checkVersion(subject, definition.version);
  const timeout = definition.timeout ?? defaults.timeout;
  if (timeout.milliseconds < 1_000 || timeout.milliseconds > 600_000) {
    throw new ContractDefinitionError(
      subject,
      `Its timeout is ${timeout.milliseconds} ms.`,
      'Choose 1 second to 10 minutes: a Lambda runs for 15 minutes at most, and answering takes time as well.',
    );
  }
  const { lambda, batchSize } = stepTimes({ timeout, effect: definition.effect }, 1);
  if (lambda.milliseconds > LONGEST_LAMBDA.milliseconds) {
    throw new ContractDefinitionError(
      subject,
      `Its timeout of ${describeDuration(timeout)} makes a batch of ${batchSize} take up to ${describeDuration(lambda)}, and a Lambda ends after 15 minutes.`,
      isFindable(definition.effect)
        ? 'There it may first ask, then attempt again: shorten its timeout to at most 7 minutes.'
        : 'A transaction is a few writes: shorten its timeout to at most 85 seconds.',
    );
  }
  for (const name of Object.keys(definition.failures ?? {})) {
    if (/^[A-Z][A-Za-z0-9]{0,59}$/.test(name)) continue;
    throw new ContractDefinitionError(
      subject,
      `Its declared failure is called "${name}".`,
      'Name it in PascalCase, such as CardDeclined: it becomes the error name Declared.CardDeclined.',
    );
  }
  if (definition.effect.kind === 'keyed' && definition.effect.keyLifetime.milliseconds <= timeout.milliseconds) {
    throw new ContractDefinitionError(
      subject,
      `Its provider remembers a key for ${describeDuration(definition.effect.keyLifetime)}, and one attempt takes up to ${describeDuration(timeout)}.`,
      'Write how long the provider really deduplicates; hours or days, as a rule.',
    );
  }
  if (isFindable(definition.effect)) checkQuietAfter(subject, definition.effect.quietAfter);
  checkPreconditions(subject, definition.preconditions);
  if (definition.dependency && definition.effect.kind === 'transaction') {
    throw new ContractDefinitionError(
      subject,
      `A transaction commits writes to DynamoDB, and nothing that ${definition.dependency.name} does is part of it.`,
      'Split it: one atom that calls the provider (keyed), one that writes.',
    );
  }
  return Object.freeze({
    kind: 'contract',
    name: definition.name,
    version: definition.version,
    summary: definition.summary,
    input: definition.input,
    output: definition.output,
    failures: definition.failures ?? ({} as { readonly [K in keyof F]: Schema<unknown, F[K]> }),
    effect: definition.effect,
    preconditions: Object.freeze({ ...definition.preconditions }),
    timeout,
    ...(definition.dependency ? { dependency: definition.dependency } : {}),
    uses: Object.freeze([...(definition.uses ?? [])]),
    examples: Object.freeze([...(definition.examples ?? [])]),
  });
}

/** Settling has to get past it: its retries take at least that long in all but one of 10,000 cases (full jitter). */
const LONGEST_QUIET = minutes(10);

function checkQuietAfter(subject: string, quietAfter: Duration): void {
  if (quietAfter.milliseconds <= LONGEST_QUIET.milliseconds) return;
  throw new ContractDefinitionError(
    subject,
    `Its quietAfter is ${describeDuration(quietAfter)}.`,
    'Choose at most 10 minutes: settling asks again for half an hour, and an order waits as long for a step whose answer was lost. A provider that is quiet later than that cannot be asked: its effect is unguarded.',
  );
}

/** AWS's limit. */
const LONGEST_LAMBDA = minutes(15);

/** `charge-payment@1.0.0` */
export const contractId = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}@${version}`;

/** `charge-payment-v1`: one queue and one Lambda alias per major version. */
export const majorId = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}-v${majorOf(version)}`;

/** Whether a state machine calls the atom directly, instead of through its queue: it has no effect and no outcome to declare. */
export const isCalledDirectly = ({ effect, failures }: Pick<AnyContract, 'effect' | 'failures'>): boolean =>
  effect.kind === 'pure' && Object.keys(failures).length === 0;
