import type { AnyContract } from '../contract/index.ts';

/** Writes a line of the function's log. */
export const writeLine = (line: object): void => console.log(JSON.stringify(line));

/** Which code wrote a line. */
export const whoseOf = ({ name, version }: Pick<AnyContract, 'name' | 'version'>): object => ({
  atom: name,
  version,
});
