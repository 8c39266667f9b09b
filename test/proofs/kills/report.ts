import type { Finding } from '../finding.ts';
import type { Drained } from './backlog.ts';
import { errorsOf, type Faults, hitsOf, type Struck } from './points.ts';
import type { Outcome } from './run.ts';

const MOST_CALLS_AN_ORDER = 1.1;

/** Passed if nothing is wrong, and if every kind of fault struck at all. */
export function report(faults: Faults, killed: Outcome, drained: Drained): Finding {
  const callsAnOrder = drained.calls / drained.ends.length;
  const wrong = [...killed.wrong, ...drained.wrong];
  if (callsAnOrder > MOST_CALLS_AN_ORDER) {
    wrong.push(
      `The backlog was drained with ${callsAnOrder} charges asked for an order; at most ${MOST_CALLS_AN_ORDER} are allowed.`,
    );
  }
  const kills = faults.kills.reduce((sum, each) => sum + hitsOf(each), 0);
  const missing = untested(faults);
  return {
    passed: wrong.length === 0 && missing.length === 0,
    figures: {
      orders: killed.orders.length,
      'most in flight at a time': killed.inFlight,
      'workers killed': kills,
      'messages delivered twice': hitsOf(faults.duplicates),
      'answers lost': hitsOf(faults.lostAnswers),
      'orders with anything lost, doubled, hanging or disagreeing': `${wrongOrders(killed)} of ${killed.orders.length}`,
      seconds: killed.seconds,
      'backlog: orders': drained.ends.length,
      'backlog: seconds held': drained.heldSeconds,
      'backlog: messages waiting': drained.waiting,
      'backlog: charges asked for an order': callsAnOrder,
      'backlog: seconds to drain': drained.seconds,
    },
    text: [
      section('Ends', ['end', 'orders'], ends(killed)),
      section('Faults', ['fault', 'struck', 'of calls'], struck(faults)),
      section('The backlog', ['end', 'orders'], counted(drained.ends.map(({ kind, detail }) => `${kind} ${detail}`))),
      list('What is wrong', wrong),
      list('What was not tested', missing),
      list('Faults that came too late', tooLate(faults)),
    ]
      .filter(Boolean)
      .join('\n\n'),
  };
}

const SELDOM = /settlement/;

/** Their worker or their message was gone by then. */
const tooLate = ({ kills, duplicates }: Faults): readonly string[] =>
  [...kills, duplicates].flatMap((each) => errorsOf(each).map(({ message }) => `${each.name}: ${message}`));

/** Sentences of the run that name an order. */
const wrongOrders = ({ orders, wrong }: Outcome): number =>
  orders.filter(({ order }) => wrong.some((sentence) => sentence.includes(order.orderId))).length;

/** A kind of fault that struck nothing shows nothing. Few orders are settled: none may come by where it is to strike. */
function untested({ kills, duplicates, lostAnswers }: Faults): readonly string[] {
  return [...kills, duplicates, lostAnswers]
    .filter((each) => hitsOf(each) === 0 && !SELDOM.test(each.name))
    .map(({ name }) => `${name}: never.`);
}

const ends = ({ orders }: Outcome) =>
  counted(orders.map(({ story, end }) => `${story.name}: ${end.kind} ${end.detail}`.trim()));

const counted = (all: readonly string[]) =>
  [...Map.groupBy(all, (each) => each)].map(([each, those]) => [each, String(those.length)]).sort();

const struck = ({ kills, duplicates, lostAnswers }: Faults) => {
  const row = (name: string, each: Struck) => [name, String(hitsOf(each)), String(each.calls())];
  return [
    ...kills.map((each) => row(`killed ${each.name}`, each)),
    row(duplicates.name, duplicates),
    row(lostAnswers.name, lostAnswers),
  ];
};

function section(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

const list = (title: string, sentences: readonly string[]): string =>
  sentences.length === 0 ? '' : [`### ${title}`, '', ...sentences.map((each) => `- ${each}`)].join('\n');
