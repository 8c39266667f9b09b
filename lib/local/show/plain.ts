import type { DemonstrationEvent, EndedOrder } from '../demonstration/index.ts';
import { accountLines, resultLines } from './account.ts';
import { stepText } from './cells.ts';
import { nextLines } from './closing.ts';
import { EMPTY, type Line, money, seconds, sized, span } from './line.ts';
import { ABOUT, LABEL } from './preparation.ts';
import type { ShowEvent } from './state.ts';
import { END, ORDINARY, storyOf } from './table.ts';
import { render, type View } from './view.ts';

export interface PlainOptions {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Tells the time since the command was begun, in milliseconds. */
  readonly elapsed: () => number;
  /** Whether to say what takes long in detail. */
  readonly verbose: boolean;
}

/** Line after line, for logs and for terminals that can't be drawn on. */
export function plainView({ write, colour, elapsed, verbose }: PlainOptions): View {
  const time = (): string => sized(seconds(elapsed()), 8, 'right');
  return {
    tell: (event) => {
      for (const line of plainLines(event, { time, verbose })) write(`${render(line, colour)}\n`);
    },
    close: async () => {},
  };
}

interface Context {
  readonly time: () => string;
  readonly verbose: boolean;
}

/** The lines that an event is worth. */
export function plainLines(event: ShowEvent, { time, verbose }: Context): readonly Line[] {
  const timed = (text: string): Line => [span(`${time()}  ${text}`)];
  switch (event.kind) {
    case 'part-began':
      return [timed(`${sized(LABEL[event.part], 11)} … ${ABOUT[event.part]}`)];
    case 'part-says':
      return [timed(`  ${event.text}`)];
    case 'part-ended':
      return [timed(`${sized(LABEL[event.part], 11)} ✔ ${event.detail ?? ''}`.trimEnd())];
    case 'stack':
      return verbose ? [timed(`  deployed ${event.name}`)] : [];
    case 'orders':
      return [timed(`${event.count} ${event.count === 1 ? 'order' : 'orders'}`), EMPTY];
    case 'order':
      return orderEventLines(event.event);
    case 'result':
      return [
        EMPTY,
        ...resultLines(event.result, event.milliseconds),
        EMPTY,
        ...accountLines(event.result.account),
        EMPTY,
        ...(event.result.right ? [[span('   Everything ended as it should.', 'strong')] as const, EMPTY] : []),
      ];
    case 'next':
      return nextLines(event.next);
    case 'note':
      return [[span(`   ${event.text}`)]];
    case 'report':
      return [[span(JSON.stringify(event.report))]];
    case 'staying':
      return [EMPTY, [span('It stays up until you press Ctrl-C.')]];
    case 'stacks':
    case 'part-halted':
    case 'broken':
    case 'halt':
      return [];
  }
}

function orderEventLines(event: DemonstrationEvent): readonly Line[] {
  switch (event.kind) {
    case 'ended':
      return [orderLine(event.ended)];
    case 'incident':
      return [[span(`! ${event.incident.story}`, 'bad')]];
    case 'incident-over':
      return [[span(`! ${event.incident.story} no more, after ${seconds(event.incident.milliseconds)}`, 'good')]];
    default:
      return [];
  }
}

/** `✔ fulfilled  07  an answer is lost       8.3 s      35.90  price risk stock payment×2 shipment …` */
export function orderLine(ended: EndedOrder): Line {
  const { sign, tone } = END[ended.end];
  const { number, steps, milliseconds, worth, right, order, reason } = ended;
  const story = storyOf(ended) ?? ORDINARY;
  const sum = worth === undefined ? '' : money(worth);
  const facts = `${String(number).padStart(2, '0')}  ${sized(story, 17)}${sized(seconds(milliseconds), 8, 'right')}${sized(sum, 11, 'right')}`;
  const went = ended.end === 'rejected' ? (reason ?? '') : steps.map(stepText).join(' ');
  const unexpected = right ? '' : `   <- expected ${order.expected.join(' or ')}${reason ? `: ${reason}` : ''}`;
  return [span(`${sign} ${sized(ended.end, 9)}`, tone), span(`  ${facts}  ${went}${unexpected}`)];
}
