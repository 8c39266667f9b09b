import type { Finding, Options, Proof } from '../../test/proofs/finding.ts';

/** Where and how something was found out. */
export interface Circumstances {
  readonly name: string;
  readonly summary: string;
  /** As it was typed. */
  readonly command: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly seconds: number;
  readonly options: Options;
}

/** The page of a proof. */
export const pageOf = (found: Finding, where: Circumstances): string =>
  `<!-- Written by "${where.command}". Do not edit. -->\n\n# ${titleOf(where.name)}\n\n${bodyOf(found, where)}`;

/** A benchmark's section, between markers by which the next run finds it. */
export const sectionOf = (found: Finding, where: Circumstances): string =>
  `${beginning(where.name)}\n## ${titleOf(where.name)}\n\n${bodyOf(found, where)}${ending(where.name)}\n`;

/** The same document with one section in the place of its former self, or at its end. */
export function withSection(document: string, name: string, section: string): string {
  const from = document.indexOf(beginning(name));
  const to = document.indexOf(ending(name));
  if (from < 0 || to < from) return `${document.trimEnd()}\n\n${section}`;
  return document.slice(0, from) + section + document.slice(to + ending(name).length + 1);
}

export const EMPTY_BENCHMARKS =
  '# Benchmarks\n\nEach section is written by its command, with the commit and the machine that it ran on.\n';

/** For the terminal. */
export function figuresOf({ figures, passed }: Finding, { name, seconds }: Circumstances): string {
  const width = Math.max(0, ...Object.keys(figures).map((figure) => figure.length));
  const lines = Object.entries(figures).map(([figure, value]) => `  ${figure.padEnd(width)}  ${shown(value)}`);
  return [...lines, `${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s)`].join('\n');
}

function bodyOf({ passed, figures, text }: Finding, where: Circumstances): string {
  const options = Object.entries(where.options).map(([name, value]) => `${name} ${value}`);
  return `${where.summary}

\`${where.command}\`

${passed ? 'Passed' : '**Failed**'} in ${where.seconds.toFixed(0)} s, at commit ${where.commit}, Node ${where.node}, ${where.machine}${options.length > 0 ? `, with ${options.join(', ')}` : ''}.

| | |
|---|---|
${Object.entries(figures)
  .map(([figure, value]) => `| ${figure} | ${shown(value)} |`)
  .join('\n')}

${text.trim()}
`;
}

const beginning = (name: string): string => `<!-- ${name}: written by "npm run bench -- ${name}". Do not edit. -->`;
const ending = (name: string): string => `<!-- end of ${name} -->`;

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

const shown = (value: number | string): string =>
  typeof value === 'string' ? value : value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** What `--help` says of one. */
export const usageOf = (command: string, name: string, { summary, options = {} }: Proof): string =>
  [
    `npm run ${command} -- ${name} [options]\n\n${summary}\n`,
    ...Object.entries(options).map(
      ([option, { description, default: value, short }]) =>
        `  --${option.padEnd(14)} ${description} (${value}${short === undefined ? '' : `, with --short ${short}`})`,
    ),
    ...OWN_OPTIONS,
  ].join('\n');

export const OWN_OPTIONS = [
  '  --short          the short form, as CI runs it; writes no file',
  '  --json           a last line for scripts',
];
