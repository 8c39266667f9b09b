/**
 * The step protocol within the process: the real runtime, its records in the DynamoDB that lib/testing plays (held to
 * the emulator's by test/emulator/testing-tables.test.ts), and a clock that only the test moves. Nothing is delivered by
 * itself: a message is given to an atom, and what comes of it is looked at.
 */
import { afterEach, beforeEach, jest } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Envelope, Settlement } from '../../lib/contract/index.ts';
import type { AtomFunction } from '../../lib/runtime/index.ts';
import type { StepKey, StepRecord } from '../../lib/runtime/record.ts';
import { type TableDefinition, Tables } from '../../lib/simulation/index.ts';
import { type FakeAws, fakeAws } from './aws.ts';
import { batch, envelope, lambdaContext, record } from './delivery.ts';

const RECORDS = 'records';
const ENVIRONMENT = { RECORDS_TABLE: RECORDS, QUEUE_URL: 'queue', DEAD_LETTER_QUEUE_URL: 'dead-letters' };
const DYNAMODB = ['GetItem', 'PutItem', 'UpdateItem', 'TransactWriteItems'] as const;

export const KEY: StepKey = { execution: 'ship-order:o-1', step: 'shipment' };

/** What becomes of a write. */
export type Fault =
  /** Done, and the answer is lost. */
  | 'answer lost'
  /** Done, its answer lost, and sent again by the SDK. */
  | 'sent twice'
  /** Not done. */
  | 'throttled';

/** What somebody else does just before a write; what it throws is DynamoDB's answer. */
export type Before = () => void;

/** What came of one delivery. */
export interface Delivered {
  /** What the state machine heard; undefined when it goes on waiting. */
  readonly heard: unknown;
  readonly acknowledged: boolean;
  /** In how many milliseconds the message comes again, where that was said. */
  readonly againIn: number | undefined;
}

export class StepStage {
  now = 0;
  readonly lines: Record<string, unknown>[] = [];
  #tables = new Tables('test', []);
  #faults: (Fault | Before | undefined)[] = [];
  readonly #aws: FakeAws;
  readonly #others: readonly TableDefinition[];

  constructor(aws: FakeAws, others: readonly TableDefinition[]) {
    this.#aws = aws;
    this.#others = others;
  }

  begin(): void {
    this.now = Date.UTC(2030, 0, 1);
    this.lines.length = 0;
    this.#faults = [];
    const actions = ['GetItem', 'PutItem', 'UpdateItem'] as const;
    const records = { name: RECORDS, partitionKey: 'execution', sortKey: 'step', actions };
    this.#tables = new Tables('test', [records, ...this.#others]);
    for (const command of DYNAMODB) this.#aws.answer(command, (input) => this.#perform(command, input));
    Object.assign(process.env, ENVIRONMENT);
    jest.spyOn(Date, 'now').mockImplementation(() => this.now);
    jest.spyOn(console, 'log').mockImplementation((line: string) => {
      this.lines.push(JSON.parse(line));
    });
  }

  end(): void {
    for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  /** Has the next writes go wrong, one by one; undefined lets one pass. */
  fail(...faults: readonly (Fault | Before | undefined)[]): void {
    this.#faults = [...faults];
  }

  /** A message of the step; the wider world has it that the order is young. */
  message(more: Partial<Envelope> = {}): Envelope {
    return envelope({ ...KEY, contract: 'book-shipment@1.0.0', notAfter: this.now + 86_400_000, ...more });
  }

  async deliver(atom: AtomFunction, message: Envelope): Promise<Delivered> {
    this.#aws.forget();
    const { batchItemFailures } = (await atom(
      batch(record({ token: 'token', ...message })),
      lambdaContext,
    )) as SQSBatchResponse;
    const [success] = this.#aws.inputs('SendTaskSuccess');
    const [failure] = this.#aws.inputs('SendTaskFailure');
    const [visibility] = this.#aws.inputs('ChangeMessageVisibility');
    return {
      heard: success
        ? { output: JSON.parse(success.output) }
        : failure && { error: failure.error, cause: JSON.parse(failure.cause) },
      acknowledged: batchItemFailures.length === 0,
      againIn: visibility && visibility.VisibilityTimeout * 1_000,
    };
  }

  async settle(atom: AtomFunction, message = this.message()): Promise<Settlement> {
    return (await atom({ ...message, verb: 'settle', input: undefined }, lambdaContext)) as Settlement;
  }

  /** Leaves a record as earlier attempts would have. */
  leave(left: Partial<StepRecord>, key = KEY): void {
    this.#tables.seed(RECORDS, { expiry: 1_900_000_000, ...left, ...key });
  }

  /** Puts an item into a table of the atom's own. */
  put(table: string, item: Readonly<Record<string, unknown>>): void {
    this.#tables.seed(table, item);
  }

  /** What a table of the atom's own holds. */
  items(table: string): readonly object[] {
    return this.#tables.items(table);
  }

  /** Takes a record away, as DynamoDB does when it has expired. */
  expire(key = KEY): void {
    this.#tables.remove(RECORDS, { ...key });
  }

  record(step = KEY.step): StepRecord | undefined {
    return this.#tables.items(RECORDS).find((item) => item.step === step) as StepRecord | undefined;
  }

  /** The inputs of a kind of AWS call since the last delivery began. */
  calls(name: string): readonly unknown[] {
    return this.#aws.inputs(name);
  }

  #perform(command: string, input: unknown): unknown {
    if (command === 'GetItem') return this.#tables.perform(command, input);
    const fault = this.#faults.shift();
    if (typeof fault === 'function') fault();
    if (fault === 'throttled') throw new Error('Slow down.');
    const answer = this.#tables.perform(command, input);
    if (fault === 'sent twice') return this.#tables.perform(command, input);
    if (fault === 'answer lost') throw new Error('The connection was closed.');
    return answer;
  }
}

/**
 * A stage for each test of a file.
 * @param others the atoms' own tables, empty at first
 */
export function stepStage(others: readonly TableDefinition[] = []): StepStage {
  const stage = new StepStage(fakeAws(), others);
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  return stage;
}
