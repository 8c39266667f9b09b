import type { Measurement } from './measure.ts';
import type { Subject } from './subjects.ts';

/** What Breakwater may cost, as a share of what the hand-written stack costs. */
interface Target {
  readonly what: string;
  readonly subject: Subject['name'];
  readonly atMost: number;
  of(measurement: Measurement): number;
}

export interface Verdict {
  readonly target: Target;
  readonly ratio: number;
  readonly met: boolean;
}

const TARGETS: readonly Target[] = [
  { what: 'time a record, keyed', subject: 'ordinary', atMost: 0.7, of: ({ one }) => one.p50 },
  { what: 'time a record, transaction', subject: 'transaction', atMost: 0.45, of: ({ one }) => one.p50 },
  { what: 'AWS calls a record, keyed', subject: 'ordinary', atMost: 1, of: ({ calls }) => calls },
  { what: 'AWS calls a record, transaction', subject: 'transaction', atMost: 0.5, of: ({ calls }) => calls },
  { what: 'import, keyed', subject: 'ordinary', atMost: 0.8, of: (each) => each.importTime },
  { what: 'import, transaction', subject: 'transaction', atMost: 0.8, of: (each) => each.importTime },
  { what: 'bundle, keyed', subject: 'ordinary', atMost: 0.75, of: ({ bytes }) => bytes },
  { what: 'bundle, transaction', subject: 'transaction', atMost: 0.75, of: ({ bytes }) => bytes },
  { what: 'lines a step, keyed', subject: 'ordinary', atMost: 0.8, of: ({ lines }) => lines },
  { what: 'lines a step, transaction', subject: 'transaction', atMost: 0.8, of: ({ lines }) => lines },
];

export const judge = (measurements: readonly Measurement[]): readonly Verdict[] =>
  TARGETS.map((target) => {
    const ratio = target.of(named(measurements, target.subject)) / target.of(named(measurements, 'hand-written'));
    return { target, ratio, met: ratio <= target.atMost };
  });

/** Every guarantee at the price of none: what a transaction takes beside a handler that has none, by batch size. */
export function besideBare(measurements: readonly Measurement[]): { readonly one: number; readonly ten: number } {
  const [own, bare] = [named(measurements, 'transaction'), named(measurements, 'bare')];
  return { one: own.one.p50 / bare.one.p50, ten: own.ten.p50 / bare.ten.p50 };
}

function named(measurements: readonly Measurement[], name: Subject['name']): Measurement {
  const found = measurements.find(({ subject }) => subject.name === name);
  if (found) return found;
  throw new Error(`${name} was not measured.`);
}
