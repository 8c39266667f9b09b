import { ContractDefinitionError, type Issue } from './errors.ts';

/** What has to hold of an input, and what people are told when it does not. */
export interface Precondition<Parsed> {
  /** Looks at nothing but its argument: the same input holds or breaks it, whenever and wherever. */
  holds(input: Parsed): boolean;
  /** A sentence: what is allowed, what to change. */
  readonly otherwise: string;
}

/**
 * By name, which stands in errors and logs.
 *
 * @example
 * { chargesSomething: { holds: ({ amount }) => amount > 0, otherwise: 'An order of nothing is not charged: leave the step out.' } }
 */
export type Preconditions<Parsed> = { readonly [name: string]: Precondition<Parsed> };

/** The preconditions that do not hold, as issues of the value itself. One that throws does not hold. */
export function brokenPreconditions<Parsed>(preconditions: Preconditions<Parsed>, input: Parsed): readonly Issue[] {
  return Object.entries(preconditions).flatMap(([name, precondition]): Issue[] => {
    const problem = problemOf(precondition, input);
    const received = (JSON.stringify(input) ?? 'nothing').slice(0, 120);
    return problem === undefined ? [] : [{ path: '', message: `${name}: ${problem}`, received }];
  });
}

function problemOf<Parsed>(precondition: Precondition<Parsed>, input: Parsed): string | undefined {
  try {
    return precondition.holds(input) ? undefined : precondition.otherwise;
  } catch (error) {
    return `${precondition.otherwise} (It could not be told: ${error instanceof Error ? error.message : String(error)})`;
  }
}

/** @throws ContractDefinitionError */
export function checkPreconditions(subject: string, preconditions: Preconditions<never> = {}): void {
  for (const [name, { otherwise }] of Object.entries(preconditions)) {
    if (!/^[a-z][A-Za-z0-9]{0,59}$/.test(name)) {
      throw new ContractDefinitionError(
        subject,
        `Its precondition is called "${name}".`,
        'Name it in camelCase, such as chargesSomething: the name stands in errors and logs.',
      );
    }
    if (otherwise.trim() === '') {
      throw new ContractDefinitionError(
        subject,
        `Its precondition ${name} says nothing to those who break it.`,
        'Write a sentence into otherwise: what is allowed, what to change.',
      );
    }
  }
}
