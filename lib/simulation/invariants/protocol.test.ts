import { describe, expect, test } from '@jest/globals';
import { straight } from '../../../test/fakes/workflows.ts';
import { PROTOCOL_INVARIANTS } from './protocol.ts';

type Judged = Parameters<(typeof PROTOCOL_INVARIANTS)[number]['check']>[0];

/** `12 payment` is the effect of payment at 12; `12 ~payment` its undo. */
const effect = (text: string): object => {
  const [at, name = ''] = text.split(' ');
  return { order: 'o-1', at: Number(at), step: name.replace('~', ''), undo: name.startsWith('~'), by: 'provider' };
};

/** `30 undo-payment failed` is an attempt that was scheduled at 30. */
const attempt = (text: string): object => {
  const [at, state, failed] = text.split(' ');
  return { state, number: 1, scheduledAt: Number(at), ...(failed ? { failure: { error: 'Late', cause: '' } } : {}) };
};

interface Ended {
  readonly effects: readonly string[];
  /** Attempts of the order's own machine, which was stopped if there is no error with which it ended. */
  readonly first: readonly string[];
  readonly error?: string;
  /** Attempts of the undo machine, which came to its end. */
  readonly second?: readonly string[];
}

const wrong = (name: string, { effects, first, error, second = [] }: Ended): readonly string[] => {
  const ended = error ? { status: 'FAILED', failure: { error, cause: '{}' } } : { status: 'ABORTED' };
  const order = {
    id: 'o-1',
    execution: { ...ended, attempts: first.map(attempt) },
    undo: error ? undefined : { status: 'SUCCEEDED', attempts: second.map(attempt) },
  };
  const run = { plan: straight.plan, effects: effects.map(effect), orders: [order] };
  return [...(PROTOCOL_INVARIANTS.find((each) => each.name === name)?.check(run as unknown as Judged) ?? [])];
};

const WRONG = ['o-1 was undone in the order stock, payment; the newest first would be payment, stock.'];

describe('after a failure every effect that happened is undone, once, the newest first', () => {
  const check = (ended: Ended): readonly string[] =>
    wrong('after a failure every effect that happened is undone, once, the newest first', ended);
  const done = ['1 stock', '2 payment'];

  test('holds on the straight way back', () => {
    const first = ['10 undo-payment', '12 undo-stock'];
    expect(check({ effects: [...done, '11 ~payment', '13 ~stock'], first })).toEqual([]);
  });

  test.each([
    ['is left', ['11 ~payment'], ['10 undo-payment'], ['o-1 failed, and stock was not undone.']],
    ['comes after an older one', ['11 ~stock', '13 ~payment'], ['10 undo-stock', '12 undo-payment'], WRONG],
    [
      'comes after an older one, though it was asked for again behind that',
      ['11 ~stock', '13 ~payment'],
      ['9 undo-payment failed', '10 undo-stock', '12 undo-payment'],
      WRONG,
    ],
    [
      'comes after an older one while it is tried again',
      ['11 ~stock', '13 ~payment'],
      ['9 undo-stock', '10 undo-payment failed', '14 undo-payment'],
      WRONG,
    ],
  ])('tells of one that %s', (_, undone, first, told) => {
    expect(check({ effects: [...done, ...undone], first })).toEqual(told);
  });

  test('allows what a machine that was stopped had given up to come later, for it had gone on', () => {
    const first = ['9 undo-payment', '10 undo-payment failed', '11 undo-stock'];
    expect(check({ effects: [...done, '12 ~stock', '13 ~payment'], first, second: [] })).toEqual([]);
  });

  test('does not allow it of a machine that came to its own end: it would have parked that', () => {
    const first = ['10 undo-payment failed', '11 undo-stock'];
    expect(check({ effects: [...done, '12 ~stock', '13 ~payment'], first, error: 'Compensated.Late' })).toEqual(WRONG);
    const second = ['20 undo-payment failed', '21 undo-stock'];
    expect(check({ effects: [...done, '22 ~stock', '23 ~payment'], first: [], second })).toEqual(WRONG);
  });

  test('is asked of each machine: the second begins at the newest again', () => {
    const first = ['10 undo-payment failed', '12 undo-stock'];
    const second = ['20 undo-payment', '22 undo-stock'];
    expect(check({ effects: [...done, '13 ~stock', '21 ~payment'], first, second })).toEqual([]);
    const wrongWay = ['20 undo-stock', '22 undo-payment'];
    expect(check({ effects: [...done, '21 ~stock', '23 ~payment'], first: [], second: wrongWay })).toEqual(WRONG);
  });

  test('counts what is done late as the machine’s that had asked for it', () => {
    const first = ['10 undo-payment failed', '12 undo-stock'];
    const second = ['20 undo-payment', '24 undo-stock'];
    expect(check({ effects: [...done, '21 ~stock', '23 ~payment'], first, second })).toEqual([]);
  });
});
