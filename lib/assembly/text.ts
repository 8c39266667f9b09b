import type { Explanation, Part, Tie } from './explain.ts';
import { PRICES } from './prices.ts';
import type { Role } from './roles.ts';

/** An explanation for people, a hundred columns wide at most where names allow. */
export function explanationText(explanation: Explanation): string {
  const { parts, dollarsAtRest, ties } = explanation;
  if (parts.length === 0) {
    return 'Nothing of Breakwater is in this assembly: no Platform, Atom, Workflow or Admission.';
  }
  return [
    ...parts.flatMap((part) => [...partLines(part), '']),
    `Together ${dollars(dollarsAtRest)} a month where nothing happens (${PRICES.region}, list prices of ${PRICES.date}, without free tier).`,
    'Use is paid on top: about $25 a million state transitions, and Lambda, SQS and DynamoDB by request.',
    '',
    ...tieLines(ties),
    ...LEAVING,
  ].join('\n');
}

function partLines({ kind, name, stack, path, resources, atRest, roles, kept }: Part): readonly string[] {
  const cost = atRest.reduce((sum, each) => sum + each.dollars, 0);
  const paid = atRest.map((each) => `${each.what} ${dollars(each.dollars)}`).join(', ');
  return [
    `${kind} ${name}  (${stack}/${path})`,
    `  resources  ${wrapped(Object.entries(resources).map(([type, count]) => counted(type, count)))}`,
    `  at rest    ${dollars(cost)} a month${paid ? `: ${paid}` : ''}`,
    ...roles.flatMap(roleLines),
    ...(kept.length > 0 ? [`  stays      ${wrapped(countedAll(kept))} when it leaves the stack`] : []),
  ];
}

const roleLines = ({ path, trusts, may }: Role): readonly string[] => [
  `  role       ${path} for ${trusts.join(', ')} may`,
  ...may.map(
    ({ actions, on, where }) =>
      `               ${actions.join(', ')} on ${on.join(', ')}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}`,
  ),
];

function tieLines(ties: readonly Tie[]): readonly string[] {
  const lines = (direction: Tie['direction']): readonly string[] =>
    ties
      .filter((tie) => tie.direction === direction)
      .map(({ stack, yours, type, parts }) => `  ${stack}/${yours} (${short(type)}): ${parts.join(', ')}`);
  const uses = lines('uses');
  const usedBy = lines('used by');
  return [
    ...(uses.length > 0 ? ['Of yours it uses:', ...uses, ''] : []),
    ...(usedBy.length > 0 ? ['Of yours these refer to it, and have to be changed when it leaves:', ...usedBy, ''] : []),
  ];
}

/** What stays is plain: nothing of it needs this package to run. */
const LEAVING: readonly string[] = [
  'How to leave:',
  '  1. "breakwater explain --definitions <folder>" writes the state machines as plain Amazon States Language.',
  '  2. Stop what starts the workflow, and let its executions end.',
  '  3. Replace new Workflow(…) by your own StateMachine over those files (DefinitionBody.fromFile with the same',
  '     definitionSubstitutions), or remove it. The atoms are ordinary Lambda functions with queues; an existing',
  '     function behind Atom.fromFunction was never changed.',
  '  4. Remove the constructs. What is listed under "stays" is kept; delete it when nobody needs it.',
];

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** `AWS::SQS::Queue` → `SQS::Queue` */
const short = (type: string): string => type.replace(/^AWS::/, '');

const counted = (type: string, count: number): string => (count === 1 ? short(type) : `${count} × ${short(type)}`);

const countedAll = (types: readonly string[]): readonly string[] =>
  [...Map.groupBy(types, (type) => type)].map(([type, all]) => counted(type, all.length));

const INDENT = ' '.repeat(13);
const WIDTH = 100;

function wrapped(words: readonly string[]): string {
  const lines: string[] = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line && INDENT.length + line.length + word.length + 2 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line ? `${line}, ${word}` : word;
  }
  return lines.join(`,\n${INDENT}`);
}
