import {
  concerns,
  type Fault,
  type FaultBoard,
  type Misbehaviour,
  type ProviderName,
  type StruckCall,
} from './faults.ts';
import { fingerprint } from './fingerprint.ts';
import { Header, type Json, type ProviderAnswer, type ProviderRequest, refusal, tryLater } from './http.ts';
import { type Conclusion, type Ledger, LedgerContention, type LedgerEntry, type LookupKind } from './ledger.ts';
import { type EffectOperation, parseBody, wrongField } from './operation.ts';

/** What kind of provider it is: plain data. */
export interface ProviderDefinition {
  readonly name: ProviderName;
  readonly operations: readonly EffectOperation[];
  /** What `POST` to any other path does. Refused when left out. */
  otherwise?(path: string): EffectOperation;
}

/** What a provider stands on. */
export interface ProviderEnvironment {
  readonly ledger: Ledger;
  readonly faults: FaultBoard;
  /** What callers must send in `x-api-key`. */
  readonly apiKey: string;
  readonly clock: Clock;
}

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** How much longer than its fault a slow call holds its key: if the call dies, the next one may go on after that. */
const HOLD_MARGIN_MS = 1_000;
const CONTENTION_MS = 1_000;

const DOWN = refusal(503, 'The provider is down.');
const FAILED = refusal(500, 'Something went wrong; nothing was done.');
const ANSWER_LOST = refusal(504, 'Endpoint request timed out.');
const REUSED = refusal(422, 'This idempotency key was used for something else.');
const NO_KEY = refusal(400, `A POST needs the header ${Header.idempotencyKey}.`);
const NO_OBJECT = refusal(400, 'The body must be a JSON object.');
const NO_SUCH_OPERATION = refusal(404, 'There is no such operation.');

/**
 * An outside provider, played as real ones are: one effect a key, the same answer for the same key (declines too),
 * another request under the same key refused, a key at work answered with 409. It stands on no AWS: the same rules
 * run behind a Lambda function URL and in a simulation.
 *
 * Stricter than Stripe in one thing: a key belongs to its first request even if that one failed before it had an
 * effect, so that a caller who changes a request between two attempts is found out.
 *
 * @example
 * const provider = new Provider(payments, { ledger, faults, apiKey, clock });
 * const answer = await provider.handle({ method: 'POST', path: '/charges', headers, body });
 */
export class Provider {
  readonly #definition: ProviderDefinition;
  readonly #environment: ProviderEnvironment;

  constructor(definition: ProviderDefinition, environment: ProviderEnvironment) {
    this.#definition = definition;
    this.#environment = environment;
  }

  async handle(request: ProviderRequest): Promise<ProviderAnswer> {
    if (request.headers[Header.apiKey] !== this.#environment.apiKey) {
      return refusal(401, `The header ${Header.apiKey} holds no valid key.`);
    }
    try {
      return await this.#route(request);
    } catch (error) {
      if (error instanceof LedgerContention) return tryLater(CONTENTION_MS);
      throw error;
    }
  }

  async #route(request: ProviderRequest): Promise<ProviderAnswer> {
    const { operations, otherwise } = this.#definition;
    if (request.method === 'POST') {
      const operation = operations.find(({ path }) => path === request.path) ?? otherwise?.(request.path);
      return operation ? this.#effect(operation, request) : NO_SUCH_OPERATION;
    }
    const [, path, key] = /^(\/[^/]+)\/([^/]+)$/.exec(request.path) ?? [];
    if (request.method !== 'GET' || !path || !key) return NO_SUCH_OPERATION;
    const { lookup } = operations.find((each) => each.path === path) ?? otherwise?.(path) ?? {};
    return lookup ? this.#find(lookup, decodePathSegment(key)) : NO_SUCH_OPERATION;
  }

  async #effect(operation: EffectOperation, { headers, body: text }: ProviderRequest): Promise<ProviderAnswer> {
    const { ledger, clock } = this.#environment;
    const key = headers[Header.idempotencyKey];
    if (!key) return NO_KEY;
    const body = parseBody(text);
    if (!body) return NO_OBJECT;
    const wrong = wrongField(operation.fields, body);
    if (wrong) return refusal(400, wrong);

    const taken = await this.#taken(operation, body);
    const orderId = operation.takesBack ? taken?.orderId : textOf(body.orderId);
    const step = headers[Header.step];
    const asked = { key, kind: operation.kind, fingerprint: fingerprint(operation.path, body) };
    const [entry, faults] = await Promise.all([
      ledger.count({ ...asked, ...(orderId !== undefined && { orderId }), ...(step !== undefined && { step }) }),
      this.#faultsOf({ operation: operation.kind, orderId, key }),
    ]);
    const strike = faults(entry.calls);
    if (entry.fingerprint !== asked.fingerprint) return REUSED;
    if (await strike('down')) return DOWN;
    if (await strike('error')) return FAILED;

    const now = clock.now();
    const busyFor = (entry.busyUntil ?? 0) - now;
    if (!entry.answer && busyFor > 0) return tryLater(busyFor);
    const slow = await strike('slow');
    if (slow?.kind === 'slow') {
      const until = now + slow.milliseconds + HOLD_MARGIN_MS;
      if (!entry.answer && !(await ledger.occupy(key, now, until))) return tryLater(slow.milliseconds);
      await clock.sleep(slow.milliseconds);
    }
    const decline = !entry.answer && operation.declined && (await strike('decline')) ? operation.declined : undefined;
    const answer = entry.answer
      ? replayed(entry.answer)
      : await this.#conclude(operation, { key, body, taken, refused: decline });
    return (await strike('lose-answer')) ? ANSWER_LOST : answer;
  }

  /** Decides and writes the decision; of several calls one is first, and all answer what it decided. */
  async #conclude(operation: EffectOperation, { key, body, taken, refused }: Decision): Promise<ProviderAnswer> {
    const { takesBack, idPrefix } = operation;
    const no = refused ?? operation.refuse?.(body);
    if (no) return this.#write(key, no);
    if (takesBack && !taken?.id) return this.#write(key, refusal(404, takesBack.unknown));

    const id = `${idPrefix}${key}`;
    const { body: performed, ...noted } = operation.perform(body, id);
    const takes = takesBack && taken && { takes: { key: taken.key, amount: takesBack.amount(body, taken) } };
    const written = await this.#write(key, { status: 201, body: performed }, { ...noted, ...takes, id });
    return written === 'exceeded' ? this.#write(key, refusal(409, takesBack?.exceeded ?? '')) : written;
  }

  async #write(key: string, answer: ProviderAnswer): Promise<ProviderAnswer>;
  async #write(key: string, answer: ProviderAnswer, effect: Effect): Promise<ProviderAnswer | 'exceeded'>;
  async #write(key: string, answer: ProviderAnswer, effect?: Effect): Promise<ProviderAnswer | 'exceeded'> {
    const { ledger, clock } = this.#environment;
    const concluded = await ledger.conclude(key, { ...effect, answer, at: clock.now() });
    if (concluded === 'exceeded') return 'exceeded';
    if (concluded === 'concluded') return answer;
    const first = (await ledger.find(key))?.answer;
    return first ? replayed(first) : tryLater(CONTENTION_MS);
  }

  /** Finds by key what happened. What is still being worked on is not found, as with real providers. */
  async #find(kind: LookupKind, key: string): Promise<ProviderAnswer> {
    const { ledger, clock } = this.#environment;
    const entry = await ledger.find(key);
    const orderId = entry?.orderId;
    const asked = { key: `find:${key}`, kind, fingerprint: fingerprint(kind, { key }) };
    const [{ calls }, faults] = await Promise.all([
      ledger.count({ ...asked, ...(orderId !== undefined && { orderId }) }),
      this.#faultsOf({ operation: kind, orderId, key: asked.key }),
    ]);
    const strike = faults(calls);
    if (await strike('down')) return DOWN;
    if (await strike('error')) return FAILED;
    const slow = await strike('slow');
    if (slow?.kind === 'slow') await clock.sleep(slow.milliseconds);
    if (await strike('lose-answer')) return ANSWER_LOST;
    const isSought = kind === `find-${entry?.kind}`;
    return isSought && entry?.id && entry.answer
      ? { status: 200, body: entry.answer.body }
      : refusal(404, 'No such key.');
  }

  /** What a call takes back, found by the id that its answer gave. */
  async #taken({ takesBack }: EffectOperation, body: Json): Promise<LedgerEntry | undefined> {
    if (!takesBack) return undefined;
    const id = String(body[takesBack.field]);
    if (!id.startsWith(takesBack.idPrefix)) return undefined;
    const entry = await this.#environment.ledger.find(id.slice(takesBack.idPrefix.length));
    return entry?.kind === takesBack.kind ? entry : undefined;
  }

  async #faultsOf(call: Omit<StruckCall, 'number'>): Promise<(number: number) => Strike> {
    const { faults } = this.#environment;
    const all = await faults.faults();
    return (number) => async (kind) => {
      for (const fault of all) {
        if (fault.kind !== kind || !concerns(fault, { ...call, number })) continue;
        if (fault.times === undefined || (await faults.take(fault.id))) return fault;
      }
      return undefined;
    };
  }
}

/** The fault of a kind that strikes this call, used up by one; undefined when none does. */
type Strike = (kind: Misbehaviour['kind']) => Promise<Fault | undefined>;

type Effect = Omit<Conclusion, 'answer' | 'at'>;

interface Decision {
  readonly key: string;
  readonly body: Json;
  readonly taken: LedgerEntry | undefined;
  readonly refused: ProviderAnswer | undefined;
}

const replayed = (answer: { readonly status: number; readonly body: Json }): ProviderAnswer => ({
  ...answer,
  headers: { 'idempotent-replayed': 'true' },
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** As it stands where it is no valid encoding: such a key was never used. */
function decodePathSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
