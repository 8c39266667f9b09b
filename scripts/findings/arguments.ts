import { parseArgs } from 'node:util';
import type { Option, Options } from '../../test/proofs/finding.ts';

/** What was asked for on the command line. */
export interface Asked {
  readonly name: string | undefined;
  readonly help: boolean;
  readonly json: boolean;
  readonly short: boolean;
  /** Everything else, as it was typed. */
  readonly rest: readonly string[];
}

const OWN = ['help', 'json', 'short'];

/** A mistake of the caller's: told without a stack. */
export class Misused extends Error {
  override readonly name = 'Misused';
}

export function readArguments(args: readonly string[]): Asked {
  const has = (flag: string): boolean => args.includes(`--${flag}`);
  const [first, ...others] = args.filter((arg) => !OWN.includes(arg.slice(2)) && arg !== '-h');
  const named = first !== undefined && !first.startsWith('-');
  return {
    name: named ? first : undefined,
    help: has('help') || args.includes('-h'),
    json: has('json'),
    short: has('short'),
    rest: named || first === undefined ? others : [first, ...others],
  };
}

/** The options that a proof is run with. @throws Misused for one that it does not have, or no number where one belongs */
export function readOptions(
  declared: Readonly<Record<string, Option>>,
  { rest, short }: Pick<Asked, 'rest' | 'short'>,
): Options {
  const given = parse(declared, rest);
  return Object.fromEntries(
    Object.entries(declared).map(([name, option]) => {
      const left = short ? (option.short ?? option.default) : option.default;
      const typed = given[name];
      return [name, typed === undefined ? left : typedValue(name, typed, option)];
    }),
  );
}

function parse(declared: Readonly<Record<string, Option>>, rest: readonly string[]): Record<string, string> {
  const options = Object.fromEntries(Object.keys(declared).map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...rest], options }).values as Record<string, string>;
  } catch (error) {
    const allowed = [...Object.keys(declared), ...OWN].map((name) => `--${name}`).join(', ');
    throw new Misused(`${error instanceof Error ? error.message : error} There are: ${allowed}.`);
  }
}

function typedValue(name: string, typed: string, option: Option): number | string {
  if (typeof option.default === 'string') return typed;
  const value = Number(typed.replaceAll('_', ''));
  if (typed !== '' && Number.isFinite(value)) return value;
  throw new Misused(`--${name} is a number (${option.description}); received "${typed}".`);
}
