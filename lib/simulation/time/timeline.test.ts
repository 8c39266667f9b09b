import { expect, test } from '@jest/globals';
import { Timeline } from './timeline.ts';

/** A timeline with a diary: what happened, and when. */
function started(at = 1_000) {
  const timeline = new Timeline(at);
  const diary: string[] = [];
  const note = (what: string) => () => {
    diary.push(`${timeline.now} ${what}`);
  };
  return { timeline, diary, note };
}

test('what is due earlier happens first, in whatever order it was planned', async () => {
  const { timeline, diary, note } = started();
  for (const wait of [50, 10, 40, 20, 30, 0, 60]) timeline.after(wait, note(`+${wait}`));
  await timeline.run();
  expect(diary).toEqual(['1000 +0', '1010 +10', '1020 +20', '1030 +30', '1040 +40', '1050 +50', '1060 +60']);
});

test('what is due at the same time happens in the order in which it was planned', async () => {
  const { timeline, diary, note } = started();
  const names = Array.from({ length: 40 }, (_, index) => `${index}`);
  for (const name of names) timeline.after(5, note(name));
  await timeline.run();
  expect(diary).toEqual(names.map((name) => `1005 ${name}`));
});

test('what is planned for now while something happens comes after what was planned for now before', async () => {
  const { timeline, diary, note } = started();
  timeline.after(5, () => {
    note('first')();
    timeline.after(0, note('planned by the first'));
  });
  timeline.after(5, note('second'));
  await timeline.run();
  expect(diary).toEqual(['1005 first', '1005 second', '1005 planned by the first']);
});

test('what was called off does not happen, and moves no clock', async () => {
  const { timeline, diary, note } = started();
  timeline.after(10, note('kept'));
  const early = timeline.after(5, note('called off'));
  const last = timeline.after(99, note('called off'));
  early.cancel();
  last.cancel();
  last.cancel();
  await timeline.run();
  expect(diary).toEqual(['1010 kept']);
  expect(timeline.now).toBe(1_010);
});

test('something may call off what is due at the same time', async () => {
  const { timeline, diary, note } = started();
  const late = { cancel: () => {} };
  timeline.after(5, () => late.cancel());
  late.cancel = timeline.after(5, note('called off')).cancel;
  await timeline.run();
  expect(diary).toEqual([]);
});

test.each([
  [-7, 1_000],
  [0.4, 1_000],
  [0.6, 1_001],
  [Number.NaN, 1_000],
  [Number('nothing'), 1_000],
])('%p milliseconds from 1000 are at %p, and what follows still happens', async (wait, at) => {
  const { timeline, diary, note } = started();
  timeline.after(wait, note('it'));
  timeline.after(20, note('what follows'));
  await timeline.run();
  expect(diary).toEqual([`${at} it`, '1020 what follows']);
});

test('a run until some time leaves what is due later to the next one', async () => {
  const { timeline, diary, note } = started();
  for (const wait of [1, 2, 3]) timeline.after(wait, note(`+${wait}`));
  await timeline.run({ until: 1_002 });
  expect(diary).toEqual(['1001 +1', '1002 +2']);
  await timeline.run();
  expect(diary).toEqual(['1001 +1', '1002 +2', '1003 +3']);
});

test('a run until there is enough stops before the next thing happens', async () => {
  const { timeline, diary, note } = started();
  for (const wait of [1, 2, 3]) timeline.after(wait, note(`+${wait}`));
  await timeline.run({ enough: () => diary.length === 2 });
  expect(diary).toEqual(['1001 +1', '1002 +2']);
});

test('promises that can go on go on before time does, however many there are in a row', async () => {
  const { timeline, diary, note } = started();
  timeline.after(5, async () => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    await new Promise((resolve) => process.nextTick(resolve));
    note('after 50 turns')();
  });
  timeline.after(6, note('later'));
  await timeline.run();
  expect(diary).toEqual(['1005 after 50 turns', '1006 later']);
});

test('what promises had begun before the run comes first as well', async () => {
  const { timeline, diary, note } = started();
  void Promise.resolve()
    .then(() => undefined)
    .then(() => timeline.after(1, note('begun before')));
  await timeline.run();
  expect(diary).toEqual(['1001 begun before']);
});

test('something that throws ends the run with its error, and what is left can be run', async () => {
  const { timeline, diary, note } = started();
  timeline.after(1, () => {
    throw new Error('broken');
  });
  timeline.after(2, note('left'));
  await expect(timeline.run()).rejects.toThrow('broken');
  expect(diary).toEqual([]);
  await timeline.run();
  expect(diary).toEqual(['1002 left']);
});
