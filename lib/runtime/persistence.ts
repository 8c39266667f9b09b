import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyPersistenceLayerError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context as LambdaContext } from 'aws-lambda';
import { Fenced, Running, Transient } from './errors.ts';
import type { Ran } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { StepKey, StepRecord } from './record.ts';

/**
 * What Powertools' idempotency asks of a store, in the words of docs/protocol.md. Its own DynamoDB layer deletes the record
 * on any throw, completes it without a condition and takes over on expiry: wrong for effects that may have happened.
 */
export interface StepStore {
  readonly key: StepKey;
  /** Before the effect. @throws Existing, Running, Fenced */
  begin(): Promise<void>;
  /** After it. @throws Existing when somebody else decided what became of the step */
  complete(ran: Ran): Promise<void>;
  /** After an error. Never removes anything, never throws: a lease that is not given back runs out. */
  release(): Promise<void>;
}

/** The step has its outcome already. */
export class Existing extends Error {
  override readonly name = 'Existing';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('The step has its outcome already.');
    this.outcome = outcome;
  }
}

/**
 * Runs an effect under a step's key through Powertools' idempotency.
 * @returns the outcome, and whether it was there before
 * @throws Running, Fenced and whatever the effect throws
 */
export async function once(
  store: StepStore,
  effect: () => Promise<Ran>,
  lambda: LambdaContext,
): Promise<{ readonly outcome: Outcome; readonly replayed: boolean }> {
  let ranNow = false;
  const config = new IdempotencyConfig({ hashFunction: 'sha256', useLocalCache: false });
  if (!config.isEnabled())
    throw new Transient('POWERTOOLS_IDEMPOTENCY_DISABLED is set: nothing is done without a record.');
  config.registerLambdaContext(lambda);
  const idempotent = makeIdempotent(
    async (_key: string): Promise<Ran> => {
      ranNow = true;
      return effect().catch((error: unknown) => {
        throw new EffectThrew(error);
      });
    },
    { persistenceStore: new StepPersistence(store), config, dataIndexArgument: 0 },
  );
  try {
    const ran = await idempotent(`${store.key.execution}/${store.key.step}`);
    return { outcome: ran.outcome, replayed: !ranNow };
  } catch (error) {
    const cause = unwrapped(error);
    if (cause instanceof EffectThrew) throw cause.thrown;
    if (cause instanceof Existing) return { outcome: cause.outcome, replayed: true };
    throw cause;
  }
}

/**
 * What the effect threw, whatever it was: Powertools runs an effect again that throws one of its own errors, which a
 * handler with an idempotency of its own does, and takes what is no Error for a defect.
 */
class EffectThrew extends Error {
  override readonly name = 'EffectThrew';
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super('The effect threw.');
    this.thrown = thrown;
  }
}

class StepPersistence extends BasePersistenceLayer {
  readonly #store: StepStore;

  constructor(store: StepStore) {
    super();
    this.#store = store;
  }

  /** Used nowhere but between these functions: the store has its own key, and hashing one takes longer than the rest. */
  protected override getHashedIdempotencyKey(key: string): string {
    return key;
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    try {
      await this.#store.begin();
    } catch (error) {
      if (!(error instanceof Existing)) throw error;
      const responseData = JSON.parse(JSON.stringify({ outcome: error.outcome, writes: [] }));
      const existing = new IdempotencyRecord({
        idempotencyKey: record.idempotencyKey,
        status: 'COMPLETED',
        responseData,
      });
      throw new IdempotencyItemAlreadyExistsError(error.message, existing);
    }
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await this.#store.complete(record.responseData as unknown as Ran);
  }

  protected override async _deleteRecord(): Promise<void> {
    await this.#store.release();
  }

  /** Never asked: the record that is in the way comes with the refusal. */
  protected override _getRecord(): Promise<IdempotencyRecord> {
    return Promise.reject(new Transient('The record was not there any more.'));
  }
}

/** Powertools wraps what a store throws. */
function unwrapped(error: unknown): unknown {
  return error instanceof IdempotencyPersistenceLayerError && error.cause ? unwrapped(error.cause) : error;
}

/**
 * What a `do` or `undo` delivery makes of the record that is in its way.
 * @param skew milliseconds by which clocks may differ
 */
export function obey(record: StepRecord | undefined, now: number, skew: number): never {
  if (!record) throw new Transient('The record was not there any more.');
  if (record.undoneAt !== undefined) throw new Fenced('The step has been undone.');
  if (record.outcome) throw new Existing(record.outcome);
  const over = (record.lease ?? 0) + skew;
  if (over >= now) throw new Running(over);
  if (record.fencing) throw new Fenced('The step is being settled.');
  throw new Transient('Another attempt had the key meanwhile, and gave it back.');
}
