/** Shapes of nodes, as Mermaid writes them. */
const SHAPES = {
  box: ['[', ']'],
  round: ['(', ')'],
  pill: ['([', '])'],
  diamond: ['{', '}'],
  flag: ['>', ']'],
} as const;

export type Shape = keyof typeof SHAPES;

export interface NodeStyle {
  readonly shape: Shape;
  /** One of the class names given to `flowchart`. */
  readonly look?: string;
}

/** A node with its label, a line of text an element. Identifiers are letters, digits and underscores. */
export function node(id: string, lines: readonly string[], { shape, look }: NodeStyle): string {
  const [open, close] = SHAPES[shape];
  return `${id}${open}"${lines.map(escaped).join('<br/>')}"${close}${look ? `:::${look}` : ''}`;
}

export function edge(from: string, to: string, { label, dotted }: { label?: string; dotted?: boolean } = {}): string {
  const arrow = dotted ? '-.->' : '-->';
  return label === undefined ? `${from} ${arrow} ${to}` : `${from} ${arrow}|"${escaped(label)}"| ${to}`;
}

/** A whole chart, from top to bottom. @param looks CSS by class name */
export const flowchart = (lines: readonly string[], looks: Readonly<Record<string, string>>): string =>
  ['flowchart TD', ...lines, ...Object.entries(looks).map(([name, css]) => `classDef ${name} ${css}`)].join('\n  ');

/** Letters and digits of any script and harmless signs are themselves; the rest goes by its code point. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N} .,:·…_()=≤≥'/+-]/gu, (sign) => `#${sign.codePointAt(0)};`);
