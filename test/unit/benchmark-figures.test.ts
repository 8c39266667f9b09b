import { describe, expect, test } from '@jest/globals';
import { countLines } from '../benchmarks/runtime/lines.ts';
import type { Measurement } from '../benchmarks/runtime/measure.ts';
import { median, percentile } from '../benchmarks/runtime/statistics.ts';
import { SUBJECTS } from '../benchmarks/runtime/subjects.ts';
import { judge } from '../benchmarks/runtime/targets.ts';

describe('the figures of the runtime benchmark', () => {
  test('count the lines that somebody writes: neither blank nor a comment', () => {
    expect(countLines('/** What\n * it is. */\nconst a = 1;\n\n// why\nconst b = 2; // how\n')).toBe(2);
  });

  test('take the middle, and what ninety-nine of a hundred do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([median(values), percentile(values, 0.99)]).toEqual([51, 100]);
    expect(median([])).toBeNaN();
  });

  test('meet a target at its limit, and miss it above', () => {
    const measured = (name: string, p50: number): Measurement => {
      const subject = SUBJECTS.find((each) => each.name === name);
      if (!subject) throw new Error(name);
      const times = { p50, p99: p50, cpu: p50 };
      return { subject, one: times, ten: times, calls: 4, importTime: 1, bytes: 1, resident: 1, lines: 1 };
    };
    const verdicts = judge([measured('ordinary', 7), measured('transaction', 5), measured('hand-written', 10)]);
    const of = (what: string) => verdicts.find(({ target }) => target.what === what);
    expect(of('time a record, keyed')).toMatchObject({ ratio: 0.7, met: true });
    expect(of('time a record, transaction')).toMatchObject({ ratio: 0.5, met: false });
    expect(() => judge([])).toThrow('was not measured');
  });
});
