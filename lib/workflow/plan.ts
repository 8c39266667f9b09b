import type { Duration, Effect } from '../contract/index.ts';

/** A workflow as plain frozen data. Machines, diagrams, budgets and simulations are derived from it. */
export interface Plan {
  readonly name: string;
  readonly version: string;
  /** A budget, checked before deploying and measured; nothing is killed by it. */
  readonly deadline: Duration;
  readonly objectives: Objectives;
  readonly body: Sequence;
}

/** What the workflow promises to those who use it. */
export interface Objectives {
  /** Share of orders that end neither failed nor parked, above 0 and below 1: 0.999. Declined orders are good ones. */
  readonly availability: number;
}

/** Nodes one after another, then an end. */
export interface Sequence {
  readonly nodes: readonly Node[];
  readonly end: End;
}

export type Node = StepNode | ChooseNode | EmitNode | SendNode;
export type End = ReturnsEnd | DeclineEnd;

/** One use of an atom. */
export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  readonly atom: AtomUse;
  readonly input: Expression;
  readonly undo?: AtomUse;
}

/** One of several ways, by the first condition that holds. Its value is what the way taken returns. */
export interface ChooseNode {
  readonly kind: 'choose';
  readonly name: string;
  readonly ways: readonly { readonly when: Condition; readonly body: Sequence }[];
  readonly otherwise: Sequence;
}

/** A domain event, published. */
export interface EmitNode {
  readonly kind: 'emit';
  readonly name: string;
  readonly event: { readonly name: string; readonly version: string };
  readonly payload: Expression;
}

/** An atom given work that nobody waits for. */
export interface SendNode {
  readonly kind: 'send';
  readonly name: string;
  readonly atom: AtomUse;
  readonly input: Expression;
}

export interface ReturnsEnd {
  readonly kind: 'returns';
  readonly value: Expression;
}

/** The workflow declines by itself: all is compensated, and it is no failure. */
export interface DeclineEnd {
  readonly kind: 'decline';
  readonly name: string;
  readonly payload: Expression;
}

/** What a plan knows of an atom: its contract without schemas. */
export interface AtomUse {
  readonly name: string;
  readonly version: string;
  readonly effect: Effect;
  readonly timeout: Duration;
  readonly failures: readonly string[];
  readonly calledDirectly: boolean;
  readonly dependency?: string;
}

export type Path = readonly (string | number)[];

/** A value, some of which is known only at run time. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'reference'; readonly root: string; readonly path: Path; readonly otherwise?: Expression }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [key: string, value: Expression])[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'compare'; readonly left: Expression; readonly operator: Comparison; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };

/** Every node of a sequence and of what is nested in it, in the order in which they stand. */
export function* nodesOf(sequence: Sequence): Generator<Node> {
  for (const node of sequence.nodes) {
    yield node;
    if (node.kind !== 'choose') continue;
    for (const way of node.ways) yield* nodesOf(way.body);
    yield* nodesOf(node.otherwise);
  }
}

/** Every atom that a plan uses, compensations included, once each. */
export function atomsOf(plan: Plan): readonly AtomUse[] {
  const atoms = new Map<string, AtomUse>();
  for (const node of nodesOf(plan.body)) {
    const used = node.kind === 'step' ? [node.atom, node.undo] : node.kind === 'send' ? [node.atom] : [];
    for (const atom of used) if (atom) atoms.set(`${atom.name}@${atom.version}`, atom);
  }
  return [...atoms.values()];
}
