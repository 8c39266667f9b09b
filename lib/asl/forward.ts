import { DECLARED_PREFIX, declaredErrorName } from '../contract/index.ts';
import {
  type ChooseNode,
  type EmitNode,
  type Expression,
  type Node,
  nodesOf,
  type SendNode,
  type Sequence,
  type StepNode,
} from '../workflow/index.ts';
import { type Compensation, failureOf, hasEffect, parkWork } from './compensation.ts';
import { type Exit, given, next } from './exit.ts';
import {
  conditionText,
  quoted,
  rootsOf,
  rootsOfCondition,
  toJson,
  toJsonata,
  type Variables,
  wrapped,
} from './expression.ts';
import type { Assign, Json, State, Transition } from './states.ts';
import type { TaskWriter } from './tasks.ts';
import { variables } from './variables.ts';

/** Writes the way forward, from the end to the beginning, so that each state knows what is read behind it. */
export class ForwardWriter {
  readonly #tasks: TaskWriter;
  readonly #wayBack: Compensation;
  readonly #boxed: ReadonlySet<string>;
  readonly #states: [string, State][] = [];
  readonly #read = new Set<string>();

  constructor(tasks: TaskWriter, wayBack: Compensation, boxed: ReadonlySet<string>) {
    this.#tasks = tasks;
    this.#wayBack = wayBack;
    this.#boxed = boxed;
  }

  states(): Record<string, State> {
    return Object.fromEntries(this.#states.toReversed());
  }

  /**
   * @param returned how the flow goes on with the value that the sequence returns
   * @param within the choose whose branch it is
   * @returns how to get into the sequence: its first state, or where an empty one leads
   */
  sequence(sequence: Sequence, returned: (value: Expression) => Exit, within = ''): Exit {
    const { nodes, end } = sequence;
    const ending: Exit =
      end.kind === 'returns'
        ? returned(end.value)
        : {
            kind: 'decline',
            state: this.#undoing(sequence, within),
            step: within,
            name: end.name,
            payload: end.payload,
          };
    return nodes.reduceRight<Exit>((exit, node) => this.#node(node, exit), ending);
  }

  /** Where the way back begins when all of a branch may have happened. */
  #undoing(branch: Sequence, within: string): string {
    const last = [...nodesOf(branch)].at(-1)?.name ?? within;
    return this.#wayBack.from(this.#wayBack.position(last) + 1);
  }

  #node(node: Node, exit: Exit): Exit {
    switch (node.kind) {
      case 'step':
        return this.#step(node, exit);
      case 'choose':
        return this.#choose(node, exit);
      case 'emit':
        return this.#handover(node, this.#tasks.emit(node, this.#value(node.payload)), exit);
      case 'send':
        return this.#handover(node, this.#tasks.send(node.name, node.atom, this.#value(node.input)), exit);
    }
  }

  #step(node: StepNode, exit: Exit): Exit {
    const { name, atom } = node;
    const undoBefore = this.#wayBack.from(this.#wayBack.position(name));
    const { work, result } = this.#tasks.step(name, atom, this.#value(node.input));
    const leaving = this.#leave(exit, { name, result });
    const declared = atom.failures.map(declaredErrorName);
    this.#add(name, {
      ...work,
      ...leaving,
      Catch: [
        ...(declared.length > 0 ? [{ ErrorEquals: declared, Assign: failureOf(name, true), Next: undoBefore }] : []),
        {
          ErrorEquals: ['States.ALL'],
          Assign: failureOf(name, false),
          Next: hasEffect(atom) ? this.#wayBack.settle(node) : undoBefore,
        },
      ],
    });
    return next(name);
  }

  /** Past the pivot nothing is undone: what cannot be handed over is parked, and the order goes on. */
  #handover(node: EmitNode | SendNode, work: ReturnType<TaskWriter['emit']>, exit: Exit): Exit {
    const park = `park-${node.name}`;
    const leaving = this.#leave(exit);
    const list = `[{'step': ${quoted(node.name)}, 'verb': ${quoted(node.kind)}, 'error': $states.input.Error, 'cause': $substring($states.input.Cause, 0, 1000)}]`;
    this.#add(park, { ...parkWork(this.#tasks, park, list, '$states.input'), ...leaving });
    this.#add(node.name, {
      ...work,
      ...leaving,
      Catch: [{ ErrorEquals: ['States.ALL'], Output: wrapped('$states.errorOutput'), Next: park }],
    });
    return next(node.name);
  }

  #choose(node: ChooseNode, exit: Exit): Exit {
    const { name } = node;
    const kept = this.#read.has(name);
    const returned = (value: Expression): Exit => given(exit, name, value, kept);
    const ways = node.ways.map(({ when, body }) => ({ when, way: this.sequence(body, returned, name) }));
    const otherwise = this.sequence(node.otherwise, returned, name);
    for (const { when } of ways) this.#reads(rootsOfCondition(when));
    const last = this.#rule(otherwise);
    this.#add(name, {
      Type: 'Choice',
      Choices: ways.map(({ when, way }) => ({
        Condition: wrapped(conditionText(when, variables(this.#boxed))),
        ...this.#rule(way),
      })),
      Default: last.Next,
      ...(last.Assign ? { Assign: last.Assign } : {}),
      ...(last.Output === undefined ? {} : { Output: last.Output }),
    });
    return next(name);
  }

  /** The fields of a state that take an exit. */
  #leave(
    exit: Exit,
    own?: { readonly name: string; readonly result: string },
  ): Transition & { Assign?: Assign; Output?: Json } {
    const known = variables(this.#boxed, own);
    const kept: Assign = own && this.#read.has(own.name) ? { [own.name]: wrapped(own.result) } : {};
    const left = this.#assignments(exit, known);
    const Assign = { ...kept, ...left };
    const assigned = Object.keys(Assign).length > 0 ? { Assign } : {};
    if (exit.kind !== 'end') return { ...assigned, Next: exit.state };
    this.#reads(rootsOf(exit.value));
    return { ...assigned, Output: succeeded(exit.value, known), End: true };
  }

  /** The fields of a Choice rule that take an exit. A Choice cannot end a machine: a Succeed state does. */
  #rule(exit: Exit): { Assign?: Assign; Output?: Json; Next: string } {
    const Assign = this.#assignments(exit, variables(this.#boxed));
    const assigned = Object.keys(Assign).length > 0 ? { Assign } : {};
    if (exit.kind !== 'end') return { ...assigned, Next: exit.state };
    this.#reads(rootsOf(exit.value));
    return { ...assigned, Output: succeeded(exit.value, variables(this.#boxed)), Next: 'end-succeeded' };
  }

  #assignments(exit: Exit, known: Variables): Assign {
    if (exit.kind === 'end') return {};
    if (exit.kind === 'decline') {
      this.#reads(rootsOf(exit.payload));
      const error = quoted(`${DECLARED_PREFIX}${exit.name}`);
      const payload = toJsonata(exit.payload, known);
      return {
        failure: wrapped(
          `{'Error': ${error}, 'Cause': $string(${payload}), 'step': ${quoted(exit.step)}, 'declined': true}`,
        ),
        parked: [],
      };
    }
    for (const [, value] of exit.assign) this.#reads(rootsOf(value));
    return Object.fromEntries(exit.assign.map(([variable, value]) => [variable, this.#kept(variable, value, known)]));
  }

  /** A value that may be missing is kept in a box: an Assign must give something. */
  #kept(variable: string, value: Expression, known: Variables): Json {
    return this.#boxed.has(variable) ? wrapped(`{'value': ${toJsonata(value, known)}}`) : toJson(value, known);
  }

  #value(expression: Expression): Json {
    this.#reads(rootsOf(expression));
    return toJson(expression, variables(this.#boxed));
  }

  #reads(roots: Iterable<string>): void {
    for (const root of roots) this.#read.add(root);
  }

  #add(name: string, state: State): void {
    this.#states.push([name, state]);
  }
}

const succeeded = (value: Expression, known: Variables): Json => {
  const json = toJson(value, known);
  return typeof json === 'string' && json.startsWith('{%')
    ? wrapped(`{'status': 'succeeded', 'value': ${toJsonata(value, known)}}`)
    : { status: 'succeeded', value: json };
};
