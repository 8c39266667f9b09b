import { describe, expect, test } from '@jest/globals';
import { Fenced, Running, Transient } from './errors.ts';
import { Existing, obey } from './persistence.ts';
import type { StepRecord } from './record.ts';

const NOW = 1_000_000;
const SKEW = 2_000;
const base = { execution: 'ship-order:o-1', step: 'payment', expiry: 1 };
const running: StepRecord = { ...base, status: 'INPROGRESS', owner: 'other', attempts: 1 };

const obeyed = (record: StepRecord | undefined): unknown => {
  try {
    return obey(record, NOW, SKEW);
  } catch (error) {
    return error;
  }
};

describe('whoever finds a record in the way obeys it', () => {
  test.each<readonly [string, Partial<StepRecord>, object]>([
    ['done', { status: 'COMPLETED', outcome: { value: 1 } }, new Existing({ value: 1 })],
    [
      'declined',
      { status: 'COMPLETED', outcome: { declined: { name: 'No', payload: {} } } },
      new Existing({ declined: { name: 'No', payload: {} } }),
    ],
    ['fenced', { status: 'COMPLETED', outcome: { fenced: 'why' } }, new Existing({ fenced: 'why' })],
    [
      'done and undone since',
      { status: 'COMPLETED', outcome: { value: 1 }, undoneAt: 5 },
      new Fenced('The step has been undone.'),
    ],
    ['running', { lease: NOW + 500 }, new Running(NOW + 500 + SKEW)],
    ['running, its lease over for less than clocks may differ', { lease: NOW - SKEW }, new Running(NOW)],
    ['being settled', { lease: 0, fencing: true }, new Fenced('The step is being settled.')],
    ['being settled right now', { lease: NOW + 500, fencing: true }, new Running(NOW + 500 + SKEW)],
  ])('%s', (_, record, expected) => {
    expect(obeyed({ ...running, ...record })).toEqual(expected);
  });

  test('open, and not being settled: another attempt came and went, so it is worth trying again', () => {
    expect(obeyed({ ...running, lease: 0 })).toBeInstanceOf(Transient);
  });

  test('gone', () => {
    expect(obeyed(undefined)).toBeInstanceOf(Transient);
  });
});
