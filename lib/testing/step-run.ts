import {
  type AnyContract,
  type Contract,
  contract,
  contractId,
  type Envelope,
  type Failures,
  isCalledDirectly,
  type Schema,
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
  /** What the handler threw. */
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
    const { contract: of } = this.#atom;
    const { attempt = 1 } = this.#options;
    const failing = serve(of, () => {
      throw new Transient('An attempt before this one, which came to nothing.');
    });
    for (let earlier = 1; earlier < attempt; earlier += 1) {
      await this.#deliver(failing, of, verb, earlier, body).catch(() => undefined);
    }
    return this.#deliver(this.#watched(), of, verb, attempt, body);
  }

  /** The atom with its handler watched. */
  #watched(): AtomFunction {
    const { contract: of, handler } = this.#atom;
    return serve(of as Contract<unknown, unknown, Failures, unknown, never>, async (input, context) => {
      this.key = context.key;
      try {
        return (await handler(input, this.#clocked(context))) as never;
      } catch (error) {
        this.thrown = error;
        throw error;
      }
    });
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
    const execution = this.#execution;
    const message: Envelope = {
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
    if (isCalledDirectly(of)) return { output: await deliverTo(message, lambdaContext) };
    const token = `${verb} ${attempt}`;
    await deliverTo(queued({ ...message, token }), lambdaContext);
    const heard = this.#outside.heard(token);
    if (!heard) throw new Error(`${contractId(of)} gave no answer.`);
    return heard;
  }

  get #execution(): string {
    return this.#options.execution ?? 'workflow:order-1';
  }
}

const anything: Schema = { '~standard': { version: 1, vendor: 'breakwater', validate: (value) => ({ value }) } };
