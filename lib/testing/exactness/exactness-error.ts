import { FAULTS, type Finding, type PlannedFault, type Run, story } from '../../simulation/index.ts';

/**
 * A simulation found a run in which something is wrong that must never be. The message says in a sentence what, the
 * fewest faults that it takes, what happened, and what to change.
 */
export class ExactnessError extends Error {
  override readonly name = 'ExactnessError';
  /** What does not hold, as a sentence: `no effect happens twice`. */
  readonly invariant: string;
  /** What goes wrong outside for it to happen; none if nothing has to. */
  readonly faults: readonly PlannedFault[];
  /** All that is needed to run it again. */
  readonly finding: Finding;

  constructor({ subject, finding, run, thrown, advice, replay }: Found) {
    const [first] = finding.violations;
    const invariant = first?.invariant ?? '';
    super(
      [
        `${subject}: ${first?.what}`,
        `It has to hold that ${invariant}.`,
        '',
        ...faultLines(finding.faults),
        ...(thrown ? ['', `What a handler threw last: ${thrown}`] : []),
        '',
        'What happened:',
        ...story(run, { wrong: false }).map((line) => `  ${line}`),
        '',
        ...(advice ? [`To change: ${advice}`] : []),
        ...(replay ? [`To see it again: ${replay}`] : []),
      ].join('\n'),
    );
    this.invariant = invariant;
    this.faults = finding.faults;
    this.finding = finding;
  }
}

export interface Found {
  /** What is wrong with whom: `charge-payment@1.0.0`. */
  readonly subject: string;
  /** Shrunk. */
  readonly finding: Finding;
  /** The finding run again, with its moments. */
  readonly run: Run;
  /** What a handler threw last in it. */
  readonly thrown?: string;
  readonly advice?: string;
  /** A command. */
  readonly replay?: string;
}

function faultLines(faults: readonly PlannedFault[]): readonly string[] {
  if (faults.length === 0) return ['Nothing has to go wrong outside for that.'];
  return [
    faults.length === 1 ? 'One fault is enough:' : `It takes ${faults.length} faults:`,
    ...faults.map(({ at, kind }) => `  ${at} ${FAULTS[kind]}`),
  ];
}
