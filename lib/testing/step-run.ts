import {
  type AnyContract,
  type Contract,
  contract,
  contractId,
  type Envelope,
  type Failures,
  isCalledDirectly,
  isFindable,
  type Schema,
  type Settlement,
  transaction,
  undoPath,
  type Verb,
} from '../contract/index.ts';
import { type AtomFunction, type Context, type ServedAtom, serve, Transient } from '../runtime/index.ts';
import { lambdaContext, queued } from './delivery.ts';
import type { Heard, Outside } from './outside.ts';

/** A served atom with its types erased. */
export type RunnableAtom = ServedAtom<unknown, unknown, Failures>;

const STEP = 'step';

/** Which attempt of which step it is, and when. */
interface StepOptions {
  readonly attempt?: number;
  readonly now?: Date;
  readonly execution?: string;
}

/** One step on its way through the runtime. */
export class StepRun {
  key = '';
  /** What the handler threw, or `find`. */
  thrown: unknown;
  readonly #atom: RunnableAtom;
  readonly #outside: Outside;
  readonly #options: StepOptions;

  constructor(atom: RunnableAtom, outside: Outside, options: StepOptions) {
    this.#atom = atom;
    this.#outside = outside;
    this.#options = options;
  }

  async perform(input: unknown): Promise<Heard> {
    const { undoes } = this.#atom.contract;
    return undoes ? this.#undo(undoes, input) : this.#do(input);
  }

  /** What settling says after some attempts that came to nothing anybody knows of. */
  async settle(input: unknown): Promise<Settlement> {
    const { contract: of } = this.#atom;
    const { attempt = 1 } = this.#options;
    await this.#lose(attempt, 'do', { input });
    const message = this.#message(of, 'settle', attempt, {});
    return (await this.#watched()(message, lambdaContext)) as Settlement;
  }

  async #do(input: unknown): Promise<Heard> {
    return this.#attempt('do', { input });
  }

  /** The step that is undone is recorded first, as its own atom would have done it. */
  async #undo(undone: { name: string; version: string }, step: unknown): Promise<Heard> {
    const { input, output } = step as { input: unknown; output: unknown };
    const done = contract({ ...undone, summary: '', input: anything, output: anything, effect: transaction });
    await this.#deliver(
      serve(done, () => ({ output, writes: [] })),
      done,
      'do',
      1,
      { input },
    );
    const heard = await this.#attempt('undo', {});
    if ('error' in heard) return heard;
    // What an undo answers is whether there was something to undo; what the handler returned stands in its record.
    const record = this.#outside.record(this.#execution, undoPath(STEP));
    return { output: (record?.outcome as { value?: unknown } | undefined)?.value };
  }

  async #attempt(verb: Verb, body: object): Promise<Heard> {
    const { attempt = 1 } = this.#options;
    await this.#lose(attempt - 1, verb, body);
    return this.#deliver(this.#watched(), this.#atom.contract, verb, attempt, body);
  }

  /** Attempts that came to nothing, so long ago that nothing of them can be under way any more. */
  async #lose(attempts: number, verb: Verb, body: object): Promise<void> {
    const failing = this.#served(
      () => {
        throw new Transient('An attempt before this one, which came to nothing.');
      },
      () => undefined,
    );
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await this.#deliver(failing, this.#atom.contract, verb, attempt, body).catch(() => undefined);
      this.#outside.letTimePass(this.#execution, verb === 'undo' ? undoPath(STEP) : STEP);
    }
  }

  /** The atom with its functions watched. */
  #watched(): AtomFunction {
    const watched =
      (work: RunnableAtom['handler'] | undefined): RunnableAtom['handler'] =>
      async (input, context) => {
        this.key = context.key;
        try {
          return await work?.(input, this.#clocked(context));
        } catch (error) {
          this.thrown = error;
          throw error;
        }
      };
    return this.#served(watched(this.#atom.handler), watched(this.#atom.find));
  }

  /** The atom's contract, served by other functions. */
  #served(act: RunnableAtom['handler'], find: RunnableAtom['handler']): AtomFunction {
    const of = this.#atom.contract as Contract<unknown, unknown, Failures, unknown, never>;
    return serve(of, (isFindable(of.effect) ? { do: act, find } : act) as never);
  }

  #clocked(context: Context<Failures>): Context<Failures> {
    const { now } = this.#options;
    if (!now) return context;
    return Object.defineProperties({} as Context<Failures>, {
      ...Object.getOwnPropertyDescriptors(context),
      now: { value: () => new Date(now), enumerable: true },
    });
  }

  /** What is heard of one delivery. @throws what a direct call throws */
  async #deliver(
    deliverTo: AtomFunction,
    of: Pick<AnyContract, 'name' | 'version' | 'effect' | 'failures'>,
    verb: Verb,
    attempt: number,
    body: object,
  ): Promise<Heard> {
    const message = this.#message(of, verb, attempt, body);
    if (isCalledDirectly(of)) return { output: await deliverTo(message, lambdaContext) };
    const token = `${verb} ${attempt}`;
    await deliverTo(queued({ ...message, token }), lambdaContext);
    const heard = this.#outside.heard(token);
    if (!heard) throw new Error(`${contractId(of)} gave no answer.`);
    return heard;
  }

  #message(of: Pick<AnyContract, 'name' | 'version'>, verb: Verb, attempt: number, body: object): Envelope {
    const execution = this.#execution;
    return {
      breakwater: 1,
      verb,
      execution,
      step: STEP,
      contract: contractId(of),
      attempt,
      notAfter: Date.now() + 86_400_000,
      correlationId: execution.slice(execution.indexOf(':') + 1),
      ...body,
    };
  }

  /** What the step's record says of its outcome. */
  get outcome(): { readonly value?: unknown; readonly declined?: unknown } {
    return (this.#outside.record(this.#execution, STEP)?.outcome ?? {}) as object;
  }

  get #execution(): string {
    return this.#options.execution ?? 'workflow:order-1';
  }
}

const anything: Schema = { '~standard': { version: 1, vendor: 'breakwater', validate: (value) => ({ value }) } };
