import type { Fault, FaultBoard } from '../faults.ts';

/** Faults that live as long as the process. */
export class InMemoryFaults implements FaultBoard {
  readonly #faults = new Map<string, Fault>();

  async faults(): Promise<readonly Fault[]> {
    return [...this.#faults.values()];
  }

  async take(id: string): Promise<boolean> {
    const fault = this.#faults.get(id);
    if (!fault || (fault.times ?? 0) < 1) return false;
    this.#faults.set(id, { ...fault, times: (fault.times ?? 0) - 1 });
    return true;
  }

  async set(fault: Fault): Promise<void> {
    this.#faults.set(fault.id, fault);
  }

  async clear(id?: string): Promise<void> {
    if (id === undefined) this.#faults.clear();
    else this.#faults.delete(id);
  }
}
