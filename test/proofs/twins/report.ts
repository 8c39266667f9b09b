import { FAULTS, type FaultKind } from '../../../lib/simulation/index.ts';
import type { Finding } from '../finding.ts';
import type { Emulated } from './emulated.ts';
import { type Difference, textOf } from './outcome.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Simulated } from './simulated.ts';

/** A scenario in both worlds. */
export interface Twin {
  readonly scenario: Scenario;
  readonly simulated: Simulated;
  readonly emulated: Emulated;
  readonly differ: readonly Difference[];
  /** What differed in earlier runs on the emulator. */
  readonly earlier: readonly string[];
}

export function report(twins: readonly Twin[]): Finding {
  const agreed = twins.filter((twin) => problemsOf(twin).length === 0);
  return {
    passed: agreed.length === twins.length,
    figures: {
      scenarios: twins.length,
      'agreed in all that is compared': agreed.length,
      'agreed in the first run': agreed.filter(({ earlier }) => earlier.length === 0).length,
    },
    text: [
      'Compared are the end, how often each effect happened and was undone, the stock that is gone, what is parked, the states with their attempts, and what each record says.',
      '',
      '| scenario | end | effects | attempts | agreed |',
      '| --- | --- | --- | --- | --- |',
      ...twins.map(rowOf),
      ...twins.flatMap((twin) => explained(twin)),
      '',
      ...coverage(),
    ].join('\n'),
  };
}

function rowOf(twin: Twin): string {
  const { scenario, simulated } = twin;
  const { end, effects, attempts } = simulated.outcome;
  const said =
    problemsOf(twin).length > 0
      ? '**no**'
      : `yes${twin.earlier.length > 0 ? `, in run ${twin.earlier.length + 1}` : ''}`;
  const kept = Object.keys(scenario.leaveOut ?? {}).join(', ');
  return `| ${scenario.name} | ${end} | ${textOf(effects)} | ${Object.keys(attempts).length > 0 ? textOf(attempts) : 'one each'} | ${said}${kept ? `, but for ${kept}` : ''} |`;
}

const problemsOf = ({ differ, simulated, emulated }: Twin): readonly string[] => [
  ...differ.map(({ text }) => text),
  ...simulated.violations.map((each) => `the simulation is violated: ${each}`),
  ...simulated.missed.map((each) => `never met in the simulation: ${each}`),
  ...emulated.missed.map((each) => `never met on the emulator: ${each}`),
];

function explained(twin: Twin): readonly string[] {
  const { name, leaveOut = {} } = twin.scenario;
  const reasons = Object.entries(leaveOut).map(([field, reason]) => `${field} not compared: ${reason}`);
  const before = twin.earlier.map((text, index) => `run ${index + 1}, ${text}`);
  const lines = [...problemsOf(twin), ...before, ...reasons];
  return lines.length === 0 ? [] : ['', `### ${name}`, '', ...lines.map((line) => `- ${line}`)];
}

/** Which faults of the simulation the scenarios play on both sides. */
function coverage(): readonly string[] {
  const played = new Set(SCENARIOS.flatMap(({ simulated }) => simulated.map(({ kind }) => kind)));
  const kinds = Object.keys(FAULTS) as FaultKind[];
  return [
    '### Faults',
    '',
    `Of the simulation's ${kinds.length} kinds of faults ${played.size} are played on both sides: ${[...played].sort().join(', ')}.`,
    '',
    `The emulator cannot be made to do, or not within minutes: ${kinds.filter((kind) => !played.has(kind)).join(', ')}.`,
  ];
}
