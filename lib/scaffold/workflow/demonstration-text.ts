import type { PlainSchema } from '../../contract/index.ts';
import { AVAILABLE } from '../atom/taking.ts';
import { keySource, source } from '../atom/texts.ts';
import type { Stocked } from './order.ts';
import type { PlannedWorkflow } from './texts.ts';

export interface DemonstratedWorkflow extends PlannedWorkflow {
  /** The payload of an ordinary order. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly input: PlainSchema;
  /** What it takes of; undefined if nothing is known of what its atoms need. */
  readonly stocked?: Stocked;
}

/** What `npm start` shows of the workflow. */
export function demonstrationText(workflow: DemonstratedWorkflow): string {
  const { name, event, data, stocked } = workflow;
  const recorded = workflow.steps.filter(({ kind, atom }) => kind === 'step' && atom.effect !== 'pure');
  const isAccounted = stocked !== undefined || recorded.length > 0;
  const types = ['DemonstratedEnd', 'DemonstratedOrder', 'Demonstration'];
  return lines(
    isAccounted && "import type { AppAccess } from '../../../lib/local/access/index.ts';",
    `import type { ${[...types, ...(isAccounted ? ['AccountLine', 'DemonstratedOutcome'] : [])].join(', ')} } from '../../../lib/local/demonstration/index.ts';`,
    `
interface Twist {
  readonly story?: string;
  /** The ends that are right. */
  readonly expected: readonly DemonstratedEnd[];
  readonly change?: Readonly<Record<string, unknown>>;
  readonly sent?: number;
}
`,
    stocked && '/** What there is at first. */\nconst AVAILABLE = 10_000;\n',
    `
const ORDINARY: Twist = { expected: ${source(endsOf(workflow))} };

/** What is special about the orders, in the order in which they come, again and again. */
const TWISTS: readonly Twist[] = [
  ${twists(workflow).join(',\n  ')},
];

export const demonstration: Demonstration = {
  workflow: '${name}',
  seed: ${stocked ? `(app) => app.putItem('${stocked.table}', ${stock(stocked)})` : 'async () => {}'},
  orders: (count, run) => Array.from({ length: count }, (_, index) => order(index, run)),
  account${isAccounted ? '' : ': async () => []'},
};

function order(index: number, run: string): DemonstratedOrder {
  const { story, expected, change, sent = 1 } = TWISTS[index % TWISTS.length] ?? ORDINARY;
  const orderId = \`\${run}-\${String(index + 1).padStart(2, '0')}\`;
  const data = { ${[...fieldsOf(data), '...change'].join(', ')} };
  return {
    orderId,
    event: { id: \`order-\${orderId}\`, type: '${event.name}', data },
    sent,
    expected,
    ...(story ? { story } : {}),
  };
}
`,
    isAccounted &&
      accountText(
        workflow,
        recorded.map((step) => step.name),
      ),
  );
}

/** Those parts that there are, a line each. */
const lines = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join('\n');

/** An order's id is the demonstration's; everything else is the same for all. */
const fieldsOf = (data: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(data).map(([field, value]) =>
    field === 'orderId' ? 'orderId' : `${keySource(field)}: ${source(value)}`,
  );

const stock = ({ key }: Stocked): string =>
  `{ ${Object.entries(key)
    .map(([name, value]) => `${name}: ${source(value)}`)
    .join(', ')}, ${AVAILABLE}: AVAILABLE }`;

/** An ordinary order may be declined where an atom can decline and nobody knows what it needs. */
const endsOf = ({ steps, stocked }: DemonstratedWorkflow): readonly string[] =>
  steps.some(({ atom }) => atom.failures.length > 0 && atom.name !== stocked?.atom)
    ? ['fulfilled', 'declined']
    : ['fulfilled'];

function twists({ stocked, input }: DemonstratedWorkflow): readonly string[] {
  const [field] = input.required ?? [];
  return [
    'ORDINARY',
    ...(stocked
      ? ["{ story: 'more than is left', expected: ['declined'], change: { quantity: AVAILABLE + 1 } }", 'ORDINARY']
      : []),
    "{ ...ORDINARY, story: 'event sent twice', sent: 2 }",
    ...(field === undefined
      ? []
      : [`{ story: 'invalid event', expected: ['rejected'], change: { ${keySource(field)}: undefined } }`]),
  ];
}

const accountText = ({ name, stocked }: DemonstratedWorkflow, recorded: readonly string[]): string =>
  lines(
    `
const RECORDED = ${source(recorded)};

/** What the orders came to, against ${stocked ? 'the table and ' : ''}the records of their steps. */
async function account(app: AppAccess, outcomes: readonly DemonstratedOutcome[]): Promise<readonly AccountLine[]> {
  const fulfilled = outcomes.filter(({ end }) => end === 'fulfilled');
  const records = await Promise.all(fulfilled.map(({ order }) => app.records('${name}', order.event.id)));
  const done = records.flatMap((steps) => RECORDED.filter((step) => steps.get(step)?.status === 'COMPLETED'));`,
    stocked &&
      `  const taken = fulfilled.reduce((sum, { order }) => sum + (order.event.data as { quantity: number }).quantity, 0);
  const left = Number((await app.item('${stocked.table}', ${source(stocked.key)}))?.${AVAILABLE});`,
    '  return [',
    stocked && "{ name: 'taken + left = what there was', expected: AVAILABLE, found: taken + left, unit: 'count' },",
    `{
      name: 'steps recorded = steps of fulfilled orders',
      expected: fulfilled.length * RECORDED.length,
      found: done.length,
      unit: 'count',
    },
  ];
}`,
  );
