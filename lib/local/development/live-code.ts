import type { Code } from './bundles.ts';
import type { Functions } from './functions.ts';
import type { LaidOutFunction } from './layout.ts';

/** What is done to functions; see there. */
export type ReplaceableFunctions = Pick<Functions, 'load' | 'publish' | 'pointTo'>;

/** Functions that are started at a time: each is a process. */
const AT_A_TIME = 2;

/**
 * Which code is live, by name. Two ways lead there: a deployment, which replaces only what differs from the deployment
 * before, and replacing code directly, which no deployment knows of. This keeps the two together.
 *
 * It holds to one rule: what lies in a function, published or not, is what is live. For a deployment that changes only
 * a function's settings publishes what lies there.
 */
export class LiveCode {
  readonly #functions: ReplaceableFunctions;
  #live: ReadonlyMap<string, Code>;
  /** What the last deployment left, by name. Empty where that is uncertain. */
  #deployed: ReadonlyMap<string, Code>;

  constructor(functions: ReplaceableFunctions, deployed: ReadonlyMap<string, Code>) {
    this.#functions = functions;
    this.#live = new Map(deployed);
    this.#deployed = new Map(deployed);
  }

  /** The names of those that differ from what is live. */
  changed(codes: ReadonlyMap<string, Code>): readonly string[] {
    return [...codes].flatMap(([name, { digest }]) => (this.#live.get(name)?.digest === digest ? [] : [name]));
  }

  /**
   * Makes code live, all of it or none.
   * @param functions those to replace
   * @throws Refused for code that can't be started
   */
  async replace(functions: readonly LaidOutFunction[], codes: ReadonlyMap<string, Code>): Promise<void> {
    const published: { readonly each: LaidOutFunction; readonly code: Code; readonly version: string }[] = [];
    try {
      await someAtATime(functions, async (each) => {
        const code = codes.get(each.name);
        if (!code) return;
        await this.#functions.load(each, code);
        published.push({ each, code, version: await this.#functions.publish(each) });
      });
    } catch (error) {
      for (const each of functions) {
        const code = this.#live.get(each.name);
        if (code) await this.#functions.load(each, code);
      }
      throw error;
    }
    for (const { each, version } of published) await this.#functions.pointTo(each, version);
    this.#live = new Map([...this.#live, ...published.map(({ each, code }) => [each.name, code] as const)]);
  }

  /** After a deployment: replaces what it saw no difference in, because it did not know what was live. */
  async deployed(functions: readonly LaidOutFunction[], codes: ReadonlyMap<string, Code>): Promise<void> {
    const changed = new Set(this.changed(codes));
    const overlooked = functions.filter(({ name }) => {
      if (!changed.has(name) || !this.#live.has(name)) return false;
      const before = this.#deployed.get(name);
      return before === undefined || before.digest === codes.get(name)?.digest;
    });
    await this.replace(overlooked, codes);
    this.#live = new Map(codes);
    this.#deployed = new Map(codes);
  }

  /**
   * After a deployment that failed: brings back what it has, or may have, replaced.
   * @param functions as they were before it
   */
  async restore(functions: readonly LaidOutFunction[], codes: ReadonlyMap<string, Code>): Promise<void> {
    const uncertain = functions.filter(({ name }) => {
      const live = this.#live.get(name)?.digest;
      return live !== codes.get(name)?.digest || live !== this.#deployed.get(name)?.digest;
    });
    this.#deployed = new Map();
    await this.replace(uncertain, this.#live);
  }
}

async function someAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
