import { canonicalJson } from '../../contract/index.ts';
import {
  anything,
  InMemoryFaults,
  InMemoryLedger,
  type LedgerEntry,
  Provider,
  type ProviderAnswer,
  type ProviderDefinition,
  type ProviderRequest,
} from '../../sandbox/index.ts';
import { isPlayed, type PlayedProvider, PlayedRules } from './played.ts';

/** What callers of simulated providers send as their key. */
export const API_KEY = 'simulated';

/** Something that a provider did. */
export interface ProviderEffect {
  readonly provider: string;
  /** What the caller said it was: `<execution>/<step>`. */
  readonly step: string;
  /** The idempotency key under which it was done. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Whoever wants to know what a provider is asked for. */
export interface ProviderWatch {
  onEffect(effect: ProviderEffect): void;
  /** Under a key that it knows it was asked for something else than before. */
  onChanged(step: string, before: string, now: string): void;
}

/** A key that was seen before. */
interface KnownKey {
  readonly since: number;
  /** How often it was forgotten before. */
  readonly forgotten: number;
  /** What was asked for under it first. */
  asked?: string;
}

/**
 * One outside provider: the rules of lib/sandbox, or those of a test, with books in this process; it forgets a key after
 * its lifetime.
 */
export class SimulatedProvider {
  readonly name: string;
  readonly #definition: ProviderDefinition | PlayedProvider;
  readonly #provider: Pick<Provider, 'handle'>;
  readonly #faults = new InMemoryFaults();
  readonly #ledger: WatchedLedger;
  readonly #now: () => number;
  readonly #keyLifetime: number;
  readonly #watch: ProviderWatch;
  readonly #known = new Map<string, KnownKey>();

  /** @param keyLifetimeMilliseconds how long it deduplicates by a key */
  constructor(
    definition: ProviderDefinition | PlayedProvider,
    now: () => number,
    keyLifetimeMilliseconds: number,
    watch: ProviderWatch,
  ) {
    this.name = definition.name;
    this.#definition = definition;
    this.#now = now;
    this.#keyLifetime = keyLifetimeMilliseconds;
    this.#watch = watch;
    this.#ledger = new WatchedLedger((entry) =>
      watch.onEffect({ provider: definition.name, step: entry.step ?? '', key: entry.key, at: now() }),
    );
    this.#provider = isPlayed(definition)
      ? new PlayedRules(definition, this.#ledger, now)
      : new Provider(definition, {
          ledger: this.#ledger,
          faults: this.#faults,
          apiKey: API_KEY,
          clock: { now, sleep: async () => undefined },
        });
  }

  /** Whether it has an answer that declines what is asked for at a path. */
  canDecline(path: string): boolean {
    const { operations = [] } = this.#definition as Partial<ProviderDefinition>;
    return operations.some((operation) => operation.path === path && operation.declined !== undefined);
  }

  /**
   * Declines a request, unless its key was answered before. What comes meanwhile would be declined as well: in a
   * simulation nothing does, for all that a provider does is done within one entry of the timeline.
   */
  async decline(request: ProviderRequest): Promise<ProviderAnswer> {
    await this.#faults.set({ id: 'decline', provider: this.name, kind: 'decline' });
    try {
      return await this.handle(request);
    } finally {
      await this.#faults.clear();
    }
  }

  handle(request: ProviderRequest): Promise<ProviderAnswer> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return this.#handle(request);
    const known = this.#remembered(key);
    if (request.method === 'POST') this.#compare(known, request);
    const headers = {
      ...request.headers,
      'idempotency-key': known.forgotten === 0 ? key : `${key}.${known.forgotten}`,
    };
    return this.#handle({ ...request, headers });
  }

  /** The rules of lib/sandbox know of no query. */
  #handle(request: ProviderRequest): Promise<ProviderAnswer> {
    const [path = ''] = request.path.split('?');
    return this.#provider.handle(this.#provider instanceof Provider ? { ...request, path } : request);
  }

  entries(): Promise<readonly LedgerEntry[]> {
    return this.#ledger.entries();
  }

  /** A key that was forgotten is a new one. */
  #remembered(key: string): KnownKey {
    let known = this.#known.get(key);
    if (!known || this.#now() - known.since >= this.#keyLifetime) {
      known = { since: this.#now(), forgotten: known ? known.forgotten + 1 : 0 };
      this.#known.set(key, known);
    }
    return known;
  }

  /** One that takes whatever it is sent does not compare. */
  #compare(known: KnownKey, { path, headers, body }: ProviderRequest): void {
    if (isPlayed(this.#definition) && this.#definition.effects !== 'once-a-key') return;
    const asked = `${path} ${canonicalText(body)}`;
    known.asked ??= asked;
    if (known.asked !== asked) this.#watch.onChanged(headers['x-breakwater-step'] ?? '', known.asked, asked);
  }
}

/** In whatever order its fields are. */
function canonicalText(body: string): string {
  try {
    return canonicalJson(JSON.parse(body));
  } catch {
    return body;
  }
}

/** A provider that nobody has described: it takes what it is sent. */
export const undescribed = (name: string): ProviderDefinition => anything(name);

class WatchedLedger extends InMemoryLedger {
  readonly #onEffect: (entry: LedgerEntry) => void;

  constructor(onEffect: (entry: LedgerEntry) => void) {
    super();
    this.#onEffect = onEffect;
  }

  override async conclude(key: string, conclusion: Parameters<InMemoryLedger['conclude']>[1]) {
    const concluded = await super.conclude(key, conclusion);
    const entry = concluded === 'concluded' && conclusion.id !== undefined ? await this.find(key) : undefined;
    if (entry) this.#onEffect(entry);
    return concluded;
  }
}
