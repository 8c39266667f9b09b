import {
  type AtomUse,
  type ChooseNode,
  type EmitNode,
  type End,
  type Expression,
  type Node,
  nodesOf,
  type Plan,
  type SendNode,
  type Sequence,
  type StepNode,
} from '../workflow/index.ts';
import { edge, flowchart, node } from './mermaid.ts';
import { conditionInWords, inWords } from './words.ts';

/**
 * A workflow as a Mermaid flowchart: to be understood, not to be complete. What is drawn of failures: declared ones,
 * and the way back through the undos. Any other failure is settled first and then goes the same way.
 *
 * @example
 * const page = `\`\`\`mermaid\n${diagramOf(fulfilOrder.plan)}\n\`\`\``;
 */
export function diagramOf(plan: Plan): string {
  return new Drawing(plan).text();
}

const LOOKS = { undo: 'stroke-dasharray: 4 3', pivot: 'stroke-width: 3px' };

/** The end of an arrow that has none yet. */
interface Loose {
  readonly from: string;
  readonly label?: string;
}

class Drawing {
  readonly #plan: Plan;
  readonly #order: readonly string[];
  readonly #undoable: readonly StepNode[];
  readonly #lines: string[] = [];
  #ends = 0;
  #isBackDrawn = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    const nodes = [...nodesOf(plan.body)];
    this.#order = nodes.map(({ name }) => name);
    this.#undoable = nodes.filter((each): each is StepNode => each.kind === 'step' && each.undo !== undefined);
  }

  text(): string {
    const { name, version, body } = this.#plan;
    this.#draw(node('start', [`${name} ${version}`], { shape: 'pill' }));
    this.#sequence(body, [{ from: 'start' }], { pivoted: false }, '');
    this.#wayBack();
    const used = Object.entries(LOOKS).filter(([look]) => this.#lines.some((line) => line.endsWith(`:::${look}`)));
    return flowchart(this.#lines, Object.fromEntries(used));
  }

  /** @returns where the flow goes on from, and whether others have been told something on every way there */
  #sequence(
    { nodes, end }: Sequence,
    from: readonly Loose[],
    { pivoted }: { readonly pivoted: boolean },
    within: string,
  ): { readonly loose: readonly Loose[]; readonly pivoted: boolean } {
    let flow = { loose: from, pivoted };
    for (const each of nodes) flow = this.#node(each, flow);
    return { ...flow, loose: this.#end(end, flow.loose, nodes.at(-1)?.name ?? within, within) };
  }

  #node(each: Node, { loose, pivoted }: { loose: readonly Loose[]; pivoted: boolean }) {
    const id = idOf(each);
    switch (each.kind) {
      case 'step':
        this.#step(id, each);
        this.#join(loose, id);
        return { loose: [{ from: id }], pivoted };
      case 'choose':
        this.#draw(node(id, [each.name], { shape: 'diamond' }));
        this.#join(loose, id);
        return this.#ways(id, each, pivoted);
      case 'emit':
      case 'send':
        this.#handover(id, each, pivoted);
        this.#join(loose, id);
        return { loose: [{ from: id }], pivoted: true };
    }
  }

  #step(id: string, { name, atom }: StepNode): void {
    this.#draw(node(id, [name, atom.name, reachedBy(atom)], { shape: atom.calledDirectly ? 'round' : 'box' }));
  }

  #ways(id: string, { ways, otherwise, name }: ChooseNode, pivoted: boolean) {
    const flows = [
      ...ways.map(({ when, body }) =>
        this.#sequence(body, [{ from: id, label: conditionInWords(when) }], { pivoted }, name),
      ),
      this.#sequence(otherwise, [{ from: id, label: 'otherwise' }], { pivoted }, name),
    ];
    const open = flows.filter(({ loose }) => loose.length > 0);
    return { loose: open.flatMap(({ loose }) => loose), pivoted: open.every((flow) => flow.pivoted) };
  }

  #handover(id: string, each: EmitNode | SendNode, pivoted: boolean): void {
    const what = each.kind === 'emit' ? `emit ${each.event.name}` : `send to ${each.atom.name}`;
    const lines = [each.name, what, ...(pivoted ? [] : ['pivot: nothing is undone from here on'])];
    this.#draw(node(id, lines, { shape: 'flag', ...(pivoted ? {} : { look: 'pivot' }) }));
  }

  #end(end: End, loose: readonly Loose[], last: string, within: string): readonly Loose[] {
    if (end.kind === 'returns') {
      if (within) return loose;
      this.#draw(node('succeeded', ['succeeded', contentsOf(end.value)], { shape: 'pill' }));
      this.#join(loose, 'succeeded');
      return [];
    }
    this.#ends += 1;
    const id = `decline_${this.#ends}`;
    this.#draw(node(id, [`decline: ${end.name}`], { shape: 'box' }));
    this.#join(loose, id);
    this.#draw(edge(id, this.#back(this.#order.indexOf(last) + 1), { dotted: true }));
    return [];
  }

  /** The undos, newest first, and what leads to them. */
  #wayBack(): void {
    for (const step of this.#undoable.toReversed()) {
      const id = undoId(step);
      this.#draw(node(id, [`undo ${step.name}`, step.undo?.name ?? ''], { shape: 'box', look: 'undo' }));
      this.#draw(edge(idOf(step), id, { label: 'fails', dotted: true }));
      this.#draw(edge(id, this.#back(this.#order.indexOf(step.name)), { dotted: true }));
    }
    for (const each of nodesOf(this.#plan.body)) {
      if (each.kind !== 'step' || each.atom.failures.length === 0) continue;
      const label = each.atom.failures.join(', ');
      this.#draw(edge(idOf(each), this.#back(this.#order.indexOf(each.name)), { label, dotted: true }));
    }
    if (!this.#isBackDrawn) return;
    const how = this.#undoable.length > 0 ? ['declined or failed,', 'everything undone'] : ['declined'];
    this.#draw(node('ended', how, { shape: 'pill' }));
  }

  /** Where the way back begins when the first so many nodes of the plan may have happened. */
  #back(count: number): string {
    const last = this.#undoable.findLast(({ name }) => this.#order.indexOf(name) < count);
    if (last) return undoId(last);
    this.#isBackDrawn = true;
    return 'ended';
  }

  #join(loose: readonly Loose[], to: string): void {
    for (const { from, label } of loose) this.#draw(edge(from, to, label === undefined ? {} : { label }));
  }

  #draw(line: string): void {
    this.#lines.push(line);
  }
}

/** With a prefix: `end` alone, for one, would be a word of Mermaid's. */
const idOf = ({ kind, name }: Pick<Node, 'kind' | 'name'>): string => `${kind}_${name}`;
const undoId = ({ name }: StepNode): string => `undo_${name}`;

const reachedBy = ({ calledDirectly, dependency }: AtomUse): string =>
  calledDirectly ? 'called directly' : ['queue', ...(dependency ? [dependency] : [])].join(' · ');

/** What a value tells, at a glance. */
const contentsOf = (value: Expression): string =>
  value.kind === 'object' ? value.fields.map(([key]) => key).join(', ') : inWords(value);
