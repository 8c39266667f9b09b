/** What surrounds an atom's function in its Lambda: its variables, AWS (the fake of aws.ts), and the lines that it logs. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { type FakeAws, fakeAws } from './aws.ts';

const VARIABLES = { RECORDS_TABLE: 'records', QUEUE_URL: 'queue', DEAD_LETTER_QUEUE_URL: 'dead-letters' };

export interface AroundFunction {
  readonly aws: FakeAws;
  /** As they were written, each line of it JSON. */
  readonly texts: readonly string[];
  /** The same, read. */
  lines(): readonly Record<string, unknown>[];
}

/**
 * Prepares each test of a file. A step can be claimed unless the test says otherwise.
 * @param claimed of the record that a claim gives back, beside the first attempt's time
 */
export function aroundFunction(
  variables: Readonly<Record<string, string>> = {},
  claimed: (now: number) => object = () => ({ attempts: 1 }),
): AroundFunction {
  const aws = fakeAws();
  const environment = { ...VARIABLES, ...variables };
  const texts: string[] = [];
  beforeEach(() => {
    Object.assign(process.env, environment);
    texts.length = 0;
    jest.spyOn(console, 'log').mockImplementation((line: string) => {
      texts.push(line);
    });
    aws.answer('UpdateItem', () => {
      const now = Date.now();
      return { Attributes: marshall({ firstAttempt: now, ...claimed(now) }) };
    });
  });
  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });
  return { aws, texts, lines: () => texts.map((text) => JSON.parse(text) as Record<string, unknown>) };
}
