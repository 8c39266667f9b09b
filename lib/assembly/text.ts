import type { Explanation, Part, Tie } from './explain.ts';
import { groupBy } from './group-by.ts';
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
    ...folded(
      '',
      words(
        `Together ${dollars(dollarsAtRest)} a month where nothing happens (${PRICES.region}, list prices of ${PRICES.date}, without free tier).`,
      ),
    ),
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
    ...folded('  resources  ', listed(Object.entries(resources).map(([type, count]) => counted(type, count)))),
    ...folded('  at rest    ', words(`${dollars(cost)} a month${paid ? `: ${paid}` : ''}`)),
    ...roles.flatMap(roleLines),
    ...(kept.length > 0
      ? folded('  stays      ', [...listed(countedAll(kept)), ...words('when it leaves the stack')])
      : []),
  ];
}

const roleLines = ({ path, trusts, may }: Role): readonly string[] => [
  ...folded('  role       ', words(`${path} for ${trusts.join(', ')} may`)),
  ...may.flatMap(({ actions, on, where }) =>
    folded(
      ' '.repeat(15),
      words(`${actions.join(', ')} on ${on.join(', ')}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}`),
      17,
    ),
  ),
];

function tieLines(ties: readonly Tie[]): readonly string[] {
  const lines = (direction: Tie['direction']): readonly string[] =>
    ties
      .filter((tie) => tie.direction === direction)
      .flatMap((tie) => folded('  ', words(`${nameOf(tie)}: ${tie.parts.join(', ')}`), 4));
  const uses = lines('uses');
  const usedBy = lines('used by');
  return [
    ...(uses.length > 0 ? ['Of yours it uses:', ...uses, ''] : []),
    ...(usedBy.length > 0 ? ['Of yours these refer to it, and have to be changed when it leaves:', ...usedBy, ''] : []),
    ...[...groupBy(ties, nameOf).values()].flatMap(([tie]) => (tie ? grantLines(tie) : [])),
  ];
}

const nameOf = ({ stack, yours, type }: Tie): string => `${stack}/${yours} (${short(type)})`;

/** By whom may do the same, with what narrows it a line each. */
function grantLines(tie: Tie): readonly string[] {
  if (tie.grants.length === 0) return [];
  const alike = groupBy(tie.grants, ({ who, actions }) => `${who.join(', ')} may ${actions.join(', ')}`);
  return [
    tie.type === KEY
      ? `Of your key ${tie.stack}/${tie.yours} these may use it, by its policy, beside its account:`
      : `Of your ${nameOf(tie)} the policy lets these use it, where it names ours:`,
    ...[...alike].flatMap(([grant, those]) => [
      ...folded('  ', words(grant), 4),
      // A statement without conditions makes those of the others idle.
      ...(those.every(({ where }) => where.length > 0) ? those : []).flatMap(({ where }, index) =>
        folded('    ', words(`${index > 0 ? 'or ' : ''}where ${where.join(' and ')}`), 6),
      ),
    ]),
    '',
  ];
}

const KEY = 'AWS::KMS::Key';

/** What stays is plain: nothing of it needs this package to run. */
const LEAVING: readonly string[] = [
  'How to leave:',
  '  1. "breakwater explain --definitions <folder>" writes the state machines as plain Amazon States',
  '     Language.',
  '  2. Stop what starts the workflow, and let its executions end.',
  '  3. Replace new Workflow(…) by your own StateMachine over those files (DefinitionBody.fromFile with',
  '     the same definitionSubstitutions), or remove it. The atoms are ordinary Lambda functions with',
  '     queues; an existing function behind Atom.fromFunction was never changed.',
  '  4. Remove the constructs. What is listed under "stays" is kept; delete it when nobody needs it.',
];

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** `AWS::SQS::Queue` → `SQS::Queue` */
const short = (type: string): string => type.replace(/^AWS::/, '');

const counted = (type: string, count: number): string => (count === 1 ? short(type) : `${count} × ${short(type)}`);

const countedAll = (types: readonly string[]): readonly string[] =>
  [...groupBy(types, (type) => type)].map(([type, all]) => counted(type, all.length));

const WIDTH = 100;

const words = (text: string): readonly string[] => text.split(' ');

/** Each with its comma. */
const listed = (items: readonly string[]): readonly string[] =>
  items.map((item, index) => (index < items.length - 1 ? `${item},` : item));

/** Lines of words, a hundred columns wide at most; only a single word may be longer. */
function folded(start: string, all: readonly string[], indent = start.length): readonly string[] {
  const lines = [start];
  let empty = true;
  for (const word of all) {
    const line = lines.at(-1) ?? '';
    const longer = empty ? line + word : `${line} ${word}`;
    if (empty || longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent) + word);
    empty = false;
  }
  return lines;
}
