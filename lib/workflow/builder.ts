import {
  type AnyContract,
  type AnyEventContract,
  type Compensable,
  type Contract,
  checkName,
  checkVersion,
  contractId,
  type Duration,
  type EventContract,
  type Failures,
  isCalledDirectly,
  type Schema,
} from '../contract/index.ts';
import { checkPlan } from './check.ts';
import type { Condition } from './conditions.ts';
import { WorkflowError } from './errors.ts';
import { checkStepName, identifierOf } from './names.ts';
import type { AtomUse, End, Expression, Node, Objectives, Plan, Sequence } from './plan.ts';
import { type Refs, type Resolved, reference, type Template } from './references.ts';
import { capture } from './template.ts';

/** A workflow: its plan, and the contracts whose schemas and types the plan leaves out. */
export interface Workflow<Input = unknown, Output = unknown> {
  readonly kind: 'workflow';
  readonly plan: Plan;
  readonly input: Schema<Input, unknown>;
  /** The event that starts it, where it was declared with one. */
  readonly startedBy?: AnyEventContract;
  /** By `name@version`. */
  readonly contracts: ReadonlyMap<string, AnyContract>;
  readonly output?: Output;
}

export interface WorkflowOptions {
  readonly version: string;
  /** How long an order may take, all in all. A budget and an indicator, not a kill. */
  readonly deadline: Duration;
  readonly slo: Objectives;
}

/** A branch that has come to its end with a value of type R. */
export interface Ended<R> {
  readonly sequence: Sequence;
  readonly result?: R;
}

type Fresh<Scope, Name extends string> = Name extends keyof Scope ? `step "${Name}" already exists` : Name;
type Finished<Scope, Top, R> = Top extends true ? Workflow<Scope extends { input: infer I } ? I : never, R> : Ended<R>;
type Write<Scope, T> = (refs: Refs<Scope>) => Template<T>;

/**
 * A workflow while it is written down. Every method returns a new flow, whose scope has grown by what the step gives.
 * @typeParam Scope values by name that later steps may refer to
 * @typeParam Top whether it is the workflow itself, or a branch of it
 */
export interface Flow<Scope, Top extends boolean = boolean> {
  /**
   * Uses an atom and waits for its answer.
   * @param options undo: the compensation that takes the effect back when a later step fails
   */
  step<Name extends string, I, O, F extends Failures, P, R, U, V>(
    name: Fresh<Scope, Name>,
    atom: Contract<I, O, F, P, R>,
    input: Write<Scope, NoInfer<I>>,
    options?: { readonly undo?: Contract<Compensable<NoInfer<P>, NoInfer<O>>, U, Record<never, never>, unknown, V> },
  ): Flow<Scope & Record<Name, O>, Top>;

  /** Goes one way or the other; the value is what the way taken returns. */
  choose<Name extends string, T, E>(
    name: Fresh<Scope, Name>,
    when: (refs: Refs<Scope>) => Condition,
    then: (flow: Flow<Scope, false>) => Ended<T>,
    otherwise: (flow: Flow<Scope, false>) => Ended<E>,
  ): Flow<Scope & Record<Name, T | E>, Top>;

  /** Publishes a domain event. Its step is named after the event unless a name is given. */
  emit<I>(
    event: EventContract<I, unknown>,
    payload: Write<Scope, NoInfer<I>>,
    options?: { readonly name?: string },
  ): Flow<Scope, Top>;

  /** Gives work to an atom and does not wait: fire and forget. */
  send<Name extends string, I, O, P, R>(
    name: Fresh<Scope, Name>,
    atom: Contract<I, O, Record<never, never>, P, R>,
    input: Write<Scope, NoInfer<I>>,
  ): Flow<Scope, Top>;

  /** Ends with a value. */
  returns<const T>(value: (refs: Refs<Scope>) => T): Finished<Scope, Top, Resolved<T>>;

  /** Ends as declined: everything done so far is undone, and it is no failure. */
  decline(name: string, payload: (refs: Refs<Scope>) => Readonly<Record<string, unknown>>): Finished<Scope, Top, never>;
}

/**
 * Begins a workflow.
 * @param input the event that starts it, or the schema of its input
 * @throws WorkflowError, at the line of the mistake
 * @example
 * export const fulfilOrder = workflow('fulfil-order', orderPlaced, { version: '1.0.0', deadline: minutes(15), slo: { availability: 0.999 } })
 *   .step('stock', reserveInventory, ({ input }) => ({ lines: input.lines }), { undo: releaseInventory })
 *   .returns(({ stock }) => ({ holdId: stock.holdId }));
 */
export function workflow<I>(
  name: string,
  input: EventContract<I, unknown> | Schema<I, unknown>,
  options: WorkflowOptions,
): Flow<{ input: I }, true> {
  checkName('Workflow', name);
  checkVersion(`Workflow "${name}"`, options.version);
  const { availability } = options.slo;
  if (!(availability > 0 && availability < 1)) {
    throw new WorkflowError(
      `Workflow "${name}": its availability is ${availability}; write a share below 1, such as 0.999.`,
    );
  }
  const startedBy = 'kind' in input ? input : undefined;
  const finish = (body: Sequence, contracts: Contracts): Workflow =>
    Object.freeze({
      kind: 'workflow',
      plan: checkPlan(
        Object.freeze({
          name,
          version: options.version,
          deadline: options.deadline,
          objectives: Object.freeze({ ...options.slo }),
          body,
        }),
      ),
      input: 'kind' in input ? input.payload : input,
      ...(startedBy ? { startedBy } : {}),
      contracts,
    });
  return new Written(finish, [], ['input'], new Map()) as unknown as Flow<{ input: I }, true>;
}

export const isWorkflow = (candidate: unknown): candidate is Workflow =>
  candidate !== null && typeof candidate === 'object' && 'kind' in candidate && candidate.kind === 'workflow';

type Contracts = ReadonlyMap<string, AnyContract>;
type AnyRefs = Refs<Record<string, unknown>>;

/** The one implementation of Flow. The types above do the talking; here a scope is a list of names. */
class Written {
  readonly #finish: (body: Sequence, contracts: Contracts) => unknown;
  readonly #nodes: readonly Node[];
  readonly #scope: readonly string[];
  readonly #contracts: Contracts;

  constructor(
    finish: (body: Sequence, contracts: Contracts) => unknown,
    nodes: readonly Node[],
    scope: readonly string[],
    contracts: Contracts,
  ) {
    this.#finish = finish;
    this.#nodes = nodes;
    this.#scope = scope;
    this.#contracts = contracts;
  }

  step(
    name: string,
    atom: AnyContract,
    input: (refs: AnyRefs) => unknown,
    options: { undo?: AnyContract } = {},
  ): Written {
    const { undo } = options;
    if (undo && undo.undoes?.name !== atom.name) {
      throw new WorkflowError(
        `Step "${name}": ${undo.name} undoes ${undo.undoes?.name ?? 'nothing'}, not ${atom.name}. Declare it with compensation(${identifierOf(atom.name)}, …).`,
      );
    }
    return this.#with(
      {
        kind: 'step',
        name,
        atom: atomUse(atom),
        input: this.#capture(input, `input of step "${name}"`),
        ...(undo ? { undo: atomUse(undo) } : {}),
      },
      [atom, ...(undo ? [undo] : [])],
    );
  }

  choose(
    name: string,
    when: (refs: AnyRefs) => Condition,
    then: (flow: Written) => Ended<unknown>,
    otherwise: (flow: Written) => Ended<unknown>,
  ): Written {
    const { condition } = when(this.#refs());
    let contracts = this.#contracts;
    const branch = (write: (flow: Written) => Ended<unknown>, names: readonly string[]): Sequence => {
      const finish = (sequence: Sequence, used: Contracts): Ended<unknown> => {
        contracts = used;
        return { sequence };
      };
      return write(new Written(finish, [], [...this.#scope, name, ...names], contracts)).sequence;
    };
    const body = branch(then, []);
    const rest = branch(otherwise, namesIn(body));
    const node: Node = {
      kind: 'choose',
      name,
      ways: Object.freeze([Object.freeze({ when: condition, body })]),
      otherwise: rest,
    };
    return new Written(this.#finish, this.#nodes, this.#scope, contracts).#with(
      node,
      [],
      [...namesIn(body), ...namesIn(rest)],
    );
  }

  emit(event: AnyEventContract, payload: (refs: AnyRefs) => unknown, options: { name?: string } = {}): Written {
    const name = options.name ?? identifierOf(event.name);
    return this.#with({
      kind: 'emit',
      name,
      event: Object.freeze({ name: event.name, version: event.version }),
      payload: this.#capture(payload, `payload of event "${name}"`),
    });
  }

  send(name: string, atom: AnyContract, input: (refs: AnyRefs) => unknown): Written {
    const failures = Object.keys(atom.failures);
    if (failures.length > 0) {
      throw new WorkflowError(
        `send "${name}": ${atom.name} declares ${failures.join(', ')}, and nobody waits to hear of it. Use step instead.`,
      );
    }
    return this.#with(
      { kind: 'send', name, atom: atomUse(atom), input: this.#capture(input, `input of send "${name}"`) },
      [atom],
    );
  }

  returns(value: (refs: AnyRefs) => unknown): unknown {
    return this.#end({ kind: 'returns', value: this.#capture(value, 'the value that is returned') });
  }

  decline(name: string, payload: (refs: AnyRefs) => unknown): unknown {
    if (!/^[A-Z][A-Za-z0-9]{0,59}$/.test(name)) {
      throw new WorkflowError(`decline "${name}": name the reason in PascalCase, such as RiskTooHigh.`);
    }
    const captured = this.#capture(payload, `payload of decline "${name}"`);
    if (captured.kind !== 'object')
      throw new WorkflowError(`decline "${name}": its payload is an object, such as { reason: … }.`);
    return this.#end({ kind: 'decline', name, payload: captured });
  }

  #end(end: End): unknown {
    return this.#finish(Object.freeze({ nodes: Object.freeze(this.#nodes), end: Object.freeze(end) }), this.#contracts);
  }

  #with(node: Node, used: readonly AnyContract[] = [], inner: readonly string[] = []): Written {
    checkStepName(node.name, new Set(this.#scope));
    const contracts = new Map(this.#contracts);
    for (const contract of used) contracts.set(contractId(contract), contract);
    return new Written(
      this.#finish,
      [...this.#nodes, Object.freeze(node)],
      [...this.#scope, node.name, ...inner],
      contracts,
    );
  }

  #refs(): AnyRefs {
    return Object.fromEntries(this.#scope.map((name) => [name, reference(name)]));
  }

  #capture(write: (refs: AnyRefs) => unknown, where: string): Expression {
    return capture(write(this.#refs()), where);
  }
}

function namesIn({ nodes }: Sequence): readonly string[] {
  return nodes.flatMap((node) =>
    node.kind === 'choose'
      ? [node.name, ...node.ways.flatMap((way) => namesIn(way.body)), ...namesIn(node.otherwise)]
      : [node.name],
  );
}

function atomUse(contract: AnyContract): AtomUse {
  return Object.freeze({
    name: contract.name,
    version: contract.version,
    effect: contract.effect,
    timeout: contract.timeout,
    failures: Object.freeze(Object.keys(contract.failures)),
    calledDirectly: isCalledDirectly(contract),
    ...(contract.dependency ? { dependency: contract.dependency.name } : {}),
  });
}
