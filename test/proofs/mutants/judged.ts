import type { Acceptance } from './accepted.ts';
import type { Mutant } from './run.ts';

/** What the tests made of the mutants. */
export interface Judged {
  /** A test failed. */
  readonly killed: number;
  /** It ran for ever, which is noticed too. */
  readonly timedOut: number;
  /** No test failed, or none came by. */
  readonly unnoticed: readonly (Mutant & { readonly reason: string | undefined })[];
  /** The module cannot even be loaded with it: neither counted nor told. */
  readonly unloadable: number;
  /** Of those that count, the part that is noticed, in percent. */
  readonly score: number;
  /** What was accepted, and is noticed by now or not in the code any more. */
  readonly stale: readonly string[];
}

/** @param accepted of which those count whose file has mutants */
export function judge(mutants: readonly Mutant[], accepted: readonly Acceptance[]): Judged {
  const having = (...statuses: readonly Mutant['status'][]): readonly Mutant[] =>
    mutants.filter(({ status }) => statuses.includes(status));
  const reasons = new Map(
    accepted
      .filter(({ file }) => mutants.some((mutant) => nameOf(mutant) === file))
      .flatMap(({ file, reason, changes }) =>
        changes.map(([original, replacement]) => [changeOf(file, original, replacement), reason] as const),
      ),
  );
  const killed = having('Killed').length;
  const timedOut = having('Timeout').length;
  const unnoticed = having('Survived', 'NoCoverage');
  const met = new Set([...unnoticed, ...having('Timeout')].map(keyOf));
  return {
    killed,
    timedOut,
    unnoticed: unnoticed.map((mutant) => ({ ...mutant, reason: reasons.get(keyOf(mutant)) })),
    unloadable: having('RuntimeError', 'CompileError').length,
    score: (100 * (killed + timedOut)) / (killed + timedOut + unnoticed.length),
    stale: [...reasons.keys()].filter((key) => !met.has(key)),
  };
}

/** A change in a line. */
const changeOf = (file: string, original: string, replacement: string): string =>
  `${file}: ${original} → ${replacement}`;

const keyOf = (mutant: Mutant): string => changeOf(nameOf(mutant), mutant.original, mutant.replacement);

/** Within lib/runtime. */
const nameOf = ({ file }: Mutant): string => file.replace('lib/runtime/', '');
