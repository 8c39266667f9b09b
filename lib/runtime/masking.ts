import { type AnyContract, MASK, personalDataOf, textMask } from '../contract/index.ts';

/** Keeps the personal data of one delivery out of what others may read of it. Made of its input, and of no other's. */
export interface Masking {
  text(text: string): string;
  /** Plain values by their names. */
  facts(facts: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** As JSON; what cannot be written says so. */
  json(value: unknown): string;
  /** The error itself, or one of the same class that says less: what leaves for Step Functions, a queue, Lambda's log. */
  error(error: unknown): unknown;
}

/**
 * @param inputs what the step was given, as it came and as it was parsed; each by the contract's input. Read when
 *   something is masked, not before: most deliveries never need it.
 */
export function maskingOf(contract: AnyContract, inputs: () => readonly unknown[]): Masking {
  let made: ((text: string) => string) | undefined;
  const text = (each: string): string => {
    const { any, valuesOf } = personalDataOf(contract.input);
    if (!any && namesOf(contract).size === 0) return each;
    made ??= textMask(
      inputs().flatMap((input) => [...valuesOf(input)]),
      namesOf(contract),
    );
    return made(each);
  };
  const under = (name: string, value: unknown): unknown =>
    namesOf(contract).has(name) ? MASK : withTexts(value, text);
  return {
    text,
    facts: (facts) =>
      Object.fromEntries(Object.entries(facts).map(([name, value]) => [text(name), under(name, value)])),
    json: (value) => {
      try {
        return JSON.stringify(value, under) ?? '';
      } catch (error) {
        return JSON.stringify({ unwritable: error instanceof Error ? error.message : String(error) });
      }
    },
    error: (error) => (error instanceof Error ? lessTelling(error, text) : withTexts(error, text)),
  };
}

/** The names under which a contract has personal data, worked out once. */
function namesOf(contract: AnyContract): ReadonlySet<string> {
  let names = known.get(contract);
  if (!names) {
    const { input, output, failures } = contract;
    names = new Set([input, output, ...Object.values(failures)].flatMap((schema) => [...personalDataOf(schema).names]));
    known.set(contract, names);
  }
  return names;
}

const known = new WeakMap<AnyContract, ReadonlySet<string>>();

function withTexts(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'bigint') return text(String(value));
  if (typeof value === 'number') return text(String(value)) === String(value) ? value : MASK;
  if (value instanceof Error) return text(`${value.name}: ${value.message}`);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  // The very object where nothing changes: otherwise one that contains itself would never end.
  if (Object.keys(value).every((name) => text(name) === name)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [text(name), each]));
}

/** Still what it was to `instanceof`; without its cause, which is told in the log, where each text of it is masked. */
function lessTelling(error: Error, text: (text: string) => string): Error {
  const { message, stack = '' } = error;
  const chain = [message, stack, ...causesOf(error).map((cause) => cause.message)];
  if (chain.every((each) => text(each) === each)) return error;
  return Object.create(error, {
    message: { value: text(message) },
    stack: { value: text(stack) },
    cause: { value: undefined },
  }) as Error;
}

/** What an error came from, the nearest first; short, and never in a circle. */
export function causesOf(error: Error): readonly Error[] {
  const causes: Error[] = [];
  for (let each = error.cause; each instanceof Error && causes.length < LONGEST_CHAIN; each = each.cause) {
    causes.push(each);
  }
  return causes;
}

const LONGEST_CHAIN = 3;
