import type { AccountLine, DemonstrationResult, EndedOrder, Incident } from '../demonstration/index.ts';
import { type Line, money, seconds, sized, span } from './line.ts';
import { END } from './table.ts';

const NAME = 40;
const FIGURE = 11;

/** The account: what the outside's own books say, beside what the workflows returned. */
export function accountLines(account: readonly AccountLine[]): readonly Line[] {
  return [
    [
      span(`   ${sized('The account', NAME)}`, 'strong'),
      span(`${sized('ledgers', FIGURE, 'right')}   ${sized('workflows', FIGURE, 'right')}`, 'muted'),
    ],
    ...account.flatMap(linesOf),
  ];
}

function linesOf({ name, expected, found, unit, parts = [] }: AccountLine): readonly Line[] {
  const figure = (amount: number): string => sized(unit === 'cents' ? money(amount) : String(amount), FIGURE, 'right');
  const right = found === expected;
  return [
    ...parts.map((part): Line => [span(`   ${sized(part.name, NAME)}${figure(part.amount)}`, 'muted')]),
    [
      span(`   ${sized(name, NAME)}${figure(found)} ${right ? '=' : '≠'} ${figure(expected)}  `),
      right ? span('✔ adds up', 'good') : span('✘ WRONG', 'bad'),
    ],
  ];
}

/** How the orders ended, what struck them, and whether that is right. */
export function resultLines({ orders, incidents, right }: DemonstrationResult, milliseconds: number): readonly Line[] {
  const twice = orders.filter(({ order }) => order.sent > 1).length;
  return [
    [
      span(`   ${orders.length} ${orders.length === 1 ? 'order' : 'orders'} in ${seconds(milliseconds)}: `, 'strong'),
      ...endsLine(orders),
    ],
    ...(twice ? [[span(`   ${twice} sent twice, begun once`)]] : []),
    ...incidents.map((incident): Line => [span(`   ${incidentText(incident, orders)}`)]),
    ...orders
      .filter((order) => !order.right)
      .map(
        (order): Line => [
          span(
            `   ✘ order ${order.number} ended as ${order.end}, expected ${order.order.expected.join(' or ')}: ${order.reason ?? ''}`,
            'bad',
          ),
        ],
      ),
    ...(right ? [] : [[span('   Something did not end as it should.', 'bad')] as const]),
  ];
}

function endsLine(orders: readonly EndedOrder[]): Line {
  const ends = (['fulfilled', 'declined', 'failed', 'rejected'] as const).flatMap((end) => {
    const count = orders.filter((order) => order.end === end).length;
    return count ? [span(`${END[end].sign} ${count} ${end}`, END[end].tone)] : [];
  });
  return ends.flatMap((each, index) => (index === 0 ? [each] : [span('  '), each]));
}

/** `payments down for 6.0 s struck 12 orders: 9 fulfilled, 2 undone, 1 declined` */
export function incidentText({ story, milliseconds }: Incident, orders: readonly EndedOrder[]): string {
  const struck = orders.filter(({ struckBy }) => struckBy?.story === story);
  const what = `${story} for ${seconds(milliseconds)}`;
  if (struck.length === 0) return `${what} struck no order`;
  const count = (end: EndedOrder['end'], says: string): string => {
    const those = struck.filter((order) => order.end === end).length;
    return those ? `${those} ${says}` : '';
  };
  const parts = [count('fulfilled', 'fulfilled'), count('failed', 'undone'), count('declined', 'declined')];
  return `${what} struck ${struck.length} ${struck.length === 1 ? 'order' : 'orders'}: ${parts.filter(Boolean).join(', ')}`;
}
