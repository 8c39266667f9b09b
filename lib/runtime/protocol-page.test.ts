/** docs/protocol.md is what others implement from: what it lists is held to the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { defaults, ErrorName, protocolSchemas } from '../contract/index.ts';
import { providerKey } from './context.ts';
import { finalRecord, type StepRecord } from './record.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');
const chapter = (title: string): string => page.split(/^#+ /m).find((each) => each.startsWith(`${title}\n`)) ?? '';

/** What stands in the first column of a chapter's tables. */
const listed = (title: string): readonly string[] =>
  [...chapter(title).matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );

test('every field of an envelope is explained, and each verb', () => {
  const fields = Object.keys(protocolSchemas.envelope.properties);
  expect([...listed('The envelope')].sort()).toEqual([...fields, 'do', 'undo', 'settle'].sort());
});

test('every error that a state machine knows is explained', () => {
  const names = listed('Answers').filter((name) => !name.startsWith('Declared.'));
  expect([...names].sort()).toEqual(Object.values(ErrorName).sort());
});

test('every attribute of a record is explained', () => {
  const optional: Required<Omit<StepRecord, 'execution' | 'step' | 'status' | 'input' | 'outcome' | 'attempts'>> = {
    owner: '',
    lease: 0,
    firstAttempt: 0,
    attemptEnds: 0,
    fencing: true,
    undoneAt: 0,
    expiry: 0,
  };
  const origin = { contract: 'a@1.0.0', correlationId: 'o', notAfter: 0 };
  const written = finalRecord({ execution: 'e', step: 's' }, { value: 1 }, 1, origin);
  expect([...listed('The record of a step')].sort()).toEqual([...Object.keys({ ...written, ...optional })].sort());
});

test('limits and times are those of the one table of defaults', () => {
  const { inputBytes, recordedBytes, answerBytes, causeBytes } = defaults;
  for (const bytes of [inputBytes, recordedBytes, answerBytes, causeBytes]) {
    expect(chapter('Answers')).toContain(bytes.toLocaleString('en-US'));
  }
  expect(chapter('Answers')).toContain(`${defaults.step.attempts} times in all`);
  expect(chapter('Answers')).toContain(`tried ${defaults.compensation.attempts} times`);
  expect(chapter('Where it lives')).toContain(`${defaults.batchSize.transaction} for a transaction`);
  expect(chapter('Where it lives')).toContain(`\`maxReceiveCount\` ${defaults.receives}`);
});

test('the example of a provider’s key is one', () => {
  const key = providerKey({ execution: 'ship-order:o-1', step: 'payment' });
  expect(chapter('At a provider')).toContain(`\`ship-order:o-1/payment\` gives \`${key}\``);
});
