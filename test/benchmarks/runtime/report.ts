import type { Measurement, Times } from './measure.ts';
import type { Verdict } from './targets.ts';

export const textOf = (measurements: readonly Measurement[], verdicts: readonly Verdict[]): string => `
${METHOD}

### What it came to

| | ${measurements.map(({ subject }) => subject.title).join(' | ')} |
|---|${'---:|'.repeat(measurements.length)}
${ROWS.map(([title, of]) => `| ${title} | ${measurements.map(of).join(' | ')} |`).join('\n')}

### Breakwater ÷ hand-written

| | ratio | at most | |
|---|---:|---:|---|
${verdicts.map(({ target, ratio, met }) => `| ${target.what} | ${ratio.toFixed(2)} | ${target.atMost.toFixed(2)} | ${met ? 'met' : '**missed**'} |`).join('\n')}
`;

const METHOD = `The same atom four times: it puts one item into a table and answers the state machine. *Breakwater, keyed* writes in
its handler, under the step's key; *Breakwater, transaction* returns the write. *Hand-written* is Powertools' batch,
idempotency over DynamoDB, logger, metrics, tracer and parser as their documentation shows them, with the answers to Step
Functions by hand; *bare* has no guarantee at all. Breakwater's bundles are made as deployment makes them, the others as
NodejsFunction does: minified ES modules with the SDK inside.

AWS is a small HTTP server in another process, the same for all: it keeps nothing and answers at once, so that what is
measured is the code in the Lambda and its calls, not an emulator. Calls of all four alternate. Times are milliseconds.
Lines are what a user writes for one step: contract or schema, handler and undo, without blank lines and comments; what
the hand-written stack shares between steps is not counted.`;

const times = (of: (measurement: Measurement) => Times, which: keyof Times) => (measurement: Measurement) =>
  of(measurement)[which].toFixed(2);
const one = (measurement: Measurement): Times => measurement.one;
const ten = (measurement: Measurement): Times => measurement.ten;

const ROWS: readonly (readonly [string, (measurement: Measurement) => string])[] = [
  ['time a record, batch of 1, p50', times(one, 'p50')],
  ['time a record, batch of 1, p99', times(one, 'p99')],
  ['CPU a record, batch of 1', times(one, 'cpu')],
  ['time a record, batch of 10, p50', times(ten, 'p50')],
  ['time a record, batch of 10, p99', times(ten, 'p99')],
  ['CPU a record, batch of 10', times(ten, 'cpu')],
  ['AWS calls a record', ({ calls }) => calls.toFixed(2)],
  ['import in a fresh process, median', ({ importTime }) => importTime.toFixed(1)],
  ['bundle, kB', ({ bytes }) => (bytes / 1_000).toFixed(0)],
  ['memory when warm, MiB', ({ resident }) => resident.toFixed(0)],
  ['lines a step', ({ lines, subject }) => (subject.name === 'bare' ? `${lines}, without undo` : String(lines))],
];
