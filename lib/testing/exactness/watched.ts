import { type Contract, type Failures, isFindable } from '../../contract/index.ts';
import { type Context, serve } from '../../runtime/index.ts';
import { unwatched, type Violation, watchReach } from '../../simulation/index.ts';
import type { RunnableAtom } from '../step-run.ts';

/** What was noticed of the handlers in one run. */
export class Notes {
  /** Each once, however often it happened. */
  readonly #violations = new Map<string, Violation>();
  /** What a handler threw last. */
  thrown: unknown;
  readonly #allowed: readonly string[];

  /** @param allowed invariants that are not looked at */
  constructor(allowed: readonly string[] = []) {
    this.#allowed = allowed;
  }

  clear(): void {
    this.#violations.clear();
    this.thrown = undefined;
  }

  violate(invariant: string, what: string): void {
    if (this.#allowed.includes(invariant)) return;
    this.#violations.set(`${invariant} ${what}`, { invariant, what });
  }

  get violations(): readonly Violation[] {
    return [...this.#violations.values()];
  }
}

/** The invariants that are looked at inside a handler. */
export const REACHES_NOTHING_ELSE = 'a handler reaches the outside through its context only';
export const WRITES_NOTHING_ITSELF = 'a handler writes nothing itself';

/** The atom with its functions watched: what they reach past their context, what they write, what they throw. */
export function watched(atom: RunnableAtom, notes: Notes, now: Date | undefined): RunnableAtom {
  const { contract } = atom;
  const watch =
    (work: RunnableAtom['handler']): RunnableAtom['handler'] =>
    async (input, context) => {
      try {
        return await watchReach(
          (what) => note(contract, notes, what),
          () => work(input, shielded(context, now)),
        );
      } catch (error) {
        notes.thrown = error;
        throw error;
      }
    };
  const { handler, find } = atom;
  const of = contract as Contract<unknown, unknown, Failures, unknown, never>;
  return serve(
    of,
    (isFindable(of.effect) && find ? { do: watch(handler), find: watch(find) } : watch(handler)) as never,
  );
}

/** What a context does for its handler may reach whatever it needs. */
function shielded<T extends object>(context: T, now?: Date): T {
  return new Proxy(context, {
    get(target, name) {
      if (name === 'now' && now) return () => new Date(now);
      const value = Reflect.get(target, name) as unknown;
      if (typeof value === 'function') {
        return (...args: unknown[]) => unwatched(() => value.apply(target, args) as unknown);
      }
      return name === 'provider' ? shielded(value as Context<Failures>['provider']) : value;
    },
  });
}

const WRITES = /^send\(((?:Put|Update|Delete|TransactWrite|BatchWrite)\w*)Command\)$/;

function note({ effect }: RunnableAtom['contract'], notes: Notes, what: string): void {
  const [, command] = WRITES.exec(what) ?? [];
  // Who says that duplicates do no harm may do what he likes.
  if (command && effect.kind !== 'none') notes.violate(WRITES_NOTHING_ITSELF, `It sends ${command} to DynamoDB.`);
  if (!what.startsWith('send(')) notes.violate(REACHES_NOTHING_ELSE, `It calls ${what}.`);
}
