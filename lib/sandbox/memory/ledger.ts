import { type Call, type Concluded, type Conclusion, inOrder, type Ledger, type LedgerEntry } from '../ledger.ts';

/** A ledger that lives as long as the process. As atomic as DynamoDB's: no operation waits in the middle. */
export class InMemoryLedger implements Ledger {
  readonly #entries = new Map<string, LedgerEntry>();

  async count(call: Call): Promise<LedgerEntry> {
    const known = this.#entries.get(call.key);
    return this.#put({ ...call, ...known, calls: (known?.calls ?? 0) + 1 });
  }

  async find(key: string): Promise<LedgerEntry | undefined> {
    return this.#entries.get(key);
  }

  async occupy(key: string, now: number, until: number): Promise<boolean> {
    const entry = this.#entries.get(key);
    if (!entry || entry.answer || (entry.busyUntil ?? 0) > now) return false;
    this.#put({ ...entry, busyUntil: until });
    return true;
  }

  async conclude(key: string, { takes, ...conclusion }: Conclusion): Promise<Concluded> {
    const entry = this.#entries.get(key);
    if (!entry || entry.answer) return 'before';
    if (takes) {
      const taken = this.#entries.get(takes.key);
      if (!taken || (taken.remaining ?? 0) < takes.amount) return 'exceeded';
      this.#put({ ...taken, remaining: (taken.remaining ?? 0) - takes.amount });
    }
    this.#put({ ...entry, ...conclusion });
    return 'concluded';
  }

  async entries(): Promise<readonly LedgerEntry[]> {
    return inOrder([...this.#entries.values()]);
  }

  #put(entry: LedgerEntry): LedgerEntry {
    this.#entries.set(entry.key, entry);
    return entry;
  }
}
