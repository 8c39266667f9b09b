import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FAULTS, type FaultKind } from '../faults/fault.ts';
import type { Run } from '../simulation.ts';
import { BEGINNING, type Moment, type Violation } from '../world/evidence.ts';
import { story } from './story.ts';

const KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** `payment: task` or `payment: task!refused`, a second after another. */
const moments = (...lines: readonly string[]): readonly Moment[] =>
  lines.map((line, index) => {
    const [, about = '', what = '', fault] = /^(.*?): (.*?)(?:!(.*))?$/.exec(line) ?? [];
    return { at: index * 1_000, from: 'a', to: 'b', about, what, fault: fault as FaultKind | undefined };
  });

const tell = (of: readonly Moment[], violations: readonly Violation[] = []): readonly string[] =>
  story({ moments: of, violations, orders: [], effects: [] } as unknown as Run);

describe('a story', () => {
  test('says when, of what, and what happened; what went wrong is marked and told', () => {
    expect(tell(moments('order/stock: task', 'order/payment: POST /charges!mute', 'order: ends as FAILED'))).toEqual([
      '   0.0s   order/stock: task',
      '   1.0s ! order/payment: POST /charges is done, and no answer of that provider arrives for two minutes',
      '   2.0s   order: ends as FAILED',
    ]);
  });

  test('tells what follows each other at one step in one line, and counts it', () => {
    expect(tell(moments('a: task', 'a: GetItem', 'a: GetItem', 'a: task', 'b: task', 'a: task'))).toEqual([
      '   0.0s   a: task ×2, GetItem ×2',
      '   4.0s   b: task',
      '   5.0s   a: task',
    ]);
  });

  test('tells a fault by itself, before and after which others are told apart', () => {
    expect(tell(moments('a: one', 'a: two!refused', 'a: three'))).toEqual([
      '   0.0s   a: one',
      '   1.0s ! a: two is refused: throttled, and nothing is done',
      '   2.0s   a: three',
    ]);
  });

  test('tells what happens again and again once, with how often', () => {
    const rounds = ['a: task', 'b: GetItem', 'a: task', 'b: GetItem', 'a: task', 'b: GetItem'];
    expect(tell(moments('c: task', ...rounds, 'c: task'))).toEqual([
      '   0.0s   c: task',
      '   1.0s   a: task (3 times, until 5.0s)',
      '   2.0s   b: GetItem (3 times, until 6.0s)',
      '   7.0s   c: task',
    ]);
    expect(tell(moments('a: task', 'b: GetItem', 'a: task', 'b: GetItem!refused'))).toHaveLength(4);
  });

  test('ends with what is wrong, in three lines at most, one of each invariant first', () => {
    const wrong = ['first', 'second', 'third'].map((what) => ({ invariant: 'it holds', what }));
    const other = { invariant: 'so does this', what: 'fourth' };
    expect(tell(moments('a: task'), wrong)).toHaveLength(4);
    expect(tell(moments('a: task'), [...wrong, other])).toEqual([
      '   0.0s   a: task',
      '  wrong  it holds: first',
      '  wrong  so does this: fourth',
      '         … and 2 more',
    ]);
  });

  test('of fifteen passages is whole; of more it keeps beginning, end, faults and what follows them, and counts the rest', () => {
    const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `step-${index}: task`);
    expect(tell(moments(...lines(15)))).toHaveLength(15);
    const long = lines(40);
    long[20] = 'step-20: task!dead';
    const told = tell(moments(...long));
    expect(told).toHaveLength(15);
    const numbers = told.map((line) => Number(/step-(\d+)/.exec(line)?.[1] ?? -1));
    expect(numbers).toEqual(expect.arrayContaining([0, 19, 20, 21, 38, 39]));
  });

  test('says how each order ended, and what it did and undid', () => {
    const at = (seconds: number): number => BEGINNING + seconds * 1_000;
    const execution = { status: 'FAILED', failure: { error: 'Compensated.Late', cause: '{}' } };
    const run = {
      moments: moments('o-1/stock: task'),
      violations: [],
      orders: [
        { id: 'o-1', execution },
        { id: 'o-2', execution: { status: 'SUCCEEDED', output: { status: 'succeeded' } } },
      ],
      effects: [
        { order: 'o-1', step: 'stock', undo: false, at: at(0.4) },
        { order: 'o-1', step: 'stock', undo: true, at: at(93) },
      ],
    } as unknown as Run;
    expect(story(run).slice(1)).toEqual([
      '  ends   o-1 failed (Compensated.Late); done: stock 0.4s; undone: stock 93.0s',
      '  ends   o-2 succeeded; done: nothing',
    ]);
  });

  test('of many orders tells those that something is wrong with', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `o-${index}`);
    const run = {
      moments: moments(...ids.map((id) => `${id}/stock: task`)),
      violations: [{ invariant: 'it holds', what: 'o-1/stock happened, and again.' }],
      orders: ids.map((id) => ({ id, execution: { status: 'SUCCEEDED', output: { status: 'succeeded' } } })),
      effects: [],
    } as unknown as Run;
    expect(story(run)).toEqual([
      '   1.0s   o-1/stock: task',
      '  ends   o-1 succeeded; done: nothing',
      '  wrong  it holds: o-1/stock happened, and again.',
    ]);
  });

  test('that is empty has no lines', () => {
    expect(tell([])).toEqual([]);
  });
});

test('whatever happened, a story has at most fifteen lines, all its faults while they fit, and leaves nothing uncounted', () => {
  const moment = fc.record({
    about: fc.constantFrom('o/a', 'o/b', 'o/c', 'o'),
    what: fc.constantFrom('task', 'GetItem', 'ends'),
    fault: fc.option(fc.constantFrom(...KINDS), { nil: undefined, freq: 12 }),
  });
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 120, size: 'max' }), fc.nat(4), (all, wrongs) => {
      const of = all.map((each, index): Moment => ({ ...each, at: index * 100, from: 'a', to: 'b' }));
      const told = tell(
        of,
        Array.from({ length: wrongs }, () => ({ invariant: 'i', what: 'w' })),
      );
      expect(told.length).toBeLessThanOrEqual(15);
      // Each passage begins with a fault, behind one, or with another step.
      const starts = of.filter(({ about, fault }, index) => {
        const last = of[index - 1];
        return !last || fault !== undefined || last.fault !== undefined || last.about !== about;
      });
      const left = told.reduce((sum, line) => sum + Number(/… (\d+) more/.exec(line)?.[1] ?? 0), 0);
      const lines = told.filter((line) => !/^ +(… (and )?\d+ more|wrong )/.test(line));
      const rounds = lines.reduce(
        (sum, line) => sum + Number(/ \((\d+) times, until [\d.]+s\)$/.exec(line)?.[1] ?? 1),
        0,
      );
      // Of what is left out, rounds are counted once.
      expect(rounds + left).toBeLessThanOrEqual(starts.length);
      if (left === 0) expect(rounds).toBe(starts.length);
      const faults = of.filter(({ fault }) => fault);
      const marked = told.filter((line) => line.slice(8, 9) === '!').length;
      // With gaps between them, so many faults surely fit.
      if (faults.length <= 5) expect(marked).toBe(faults.length);
    }),
    { numRuns: 300 },
  );
});
