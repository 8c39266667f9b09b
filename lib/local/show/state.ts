import type {
  DemonstratedEnd,
  DemonstrationEvent,
  DemonstrationResult,
  EndedOrder,
  Incident,
  StepColumn,
} from '../demonstration/index.ts';
import type { NextSteps } from './closing.ts';
import { NOTHING_PREPARED, type Preparation, type PreparationEvent, prepare } from './preparation.ts';
import type { ShownOrder } from './table.ts';

/** Something that a view is told. */
export type ShowEvent =
  | PreparationEvent
  | { readonly kind: 'orders'; readonly count: number; readonly columns: readonly StepColumn[]; readonly at: number }
  | { readonly kind: 'order'; readonly event: DemonstrationEvent; readonly at: number }
  | { readonly kind: 'result'; readonly result: DemonstrationResult; readonly milliseconds: number }
  | { readonly kind: 'next'; readonly next: NextSteps }
  | { readonly kind: 'staying'; readonly breaks?: string }
  | { readonly kind: 'broken'; readonly broken: readonly string[] }
  | { readonly kind: 'note'; readonly text: string }
  /** For scripts, as a line of JSON. */
  | { readonly kind: 'report'; readonly report: object };

/** What has come to its end and is shown for good. */
export type Printed =
  | { readonly kind: 'preparation'; readonly preparation: Preparation }
  | { readonly kind: 'order'; readonly ended: EndedOrder }
  | { readonly kind: 'incident'; readonly incident: Incident; readonly over: boolean }
  | { readonly kind: 'result'; readonly result: DemonstrationResult; readonly milliseconds: number }
  | { readonly kind: 'next'; readonly next: NextSteps }
  | { readonly kind: 'note'; readonly text: string };

/** All that a view shows, as plain data. */
export interface ShowState {
  readonly phase: 'preparing' | 'orders' | 'staying' | 'over';
  readonly began: number;
  readonly preparation: Preparation;
  readonly columns: readonly StepColumn[];
  readonly orders: {
    /** How many there will be. */
    readonly count: number;
    readonly sent: number;
    readonly since: number;
    readonly ends: Readonly<Partial<Record<DemonstratedEnd, number>>>;
  };
  readonly underWay: readonly ShownOrder[];
  readonly incident: Incident | undefined;
  /** What can be broken by hand: `the payment provider`. */
  readonly breaks: string | undefined;
  /** What is broken at present: `payments down`. */
  readonly broken: readonly string[];
  /** Grows only. */
  readonly printed: readonly Printed[];
}

export const beginning = (at: number): ShowState => ({
  phase: 'preparing',
  began: at,
  preparation: NOTHING_PREPARED,
  columns: [],
  orders: { count: 0, sent: 0, since: at, ends: {} },
  underWay: [],
  incident: undefined,
  breaks: undefined,
  broken: [],
  printed: [],
});

/** What is to be shown after an event. */
export function reduce(state: ShowState, event: ShowEvent): ShowState {
  switch (event.kind) {
    case 'orders':
      return print(
        {
          ...state,
          phase: 'orders',
          columns: event.columns,
          orders: { count: event.count, sent: 0, since: event.at, ends: {} },
        },
        { kind: 'preparation', preparation: state.preparation },
      );
    case 'order':
      return reduceOrder(state, event.event, event.at);
    case 'result':
      return print(state, { kind: 'result', result: event.result, milliseconds: event.milliseconds });
    case 'next':
      return print(state, { kind: 'next', next: event.next });
    case 'note':
      return print(state, { kind: 'note', text: event.text });
    case 'staying':
      return { ...state, phase: 'staying', breaks: event.breaks };
    case 'broken':
      return { ...state, broken: event.broken };
    case 'report':
      return print(state, { kind: 'note', text: JSON.stringify(event.report) });
    case 'halt': {
      const preparation = prepare(state.preparation, event);
      const over: ShowState = { ...state, phase: 'over', preparation, underWay: [] };
      return state.phase === 'preparing' ? print(over, { kind: 'preparation', preparation }) : over;
    }
    default:
      return { ...state, preparation: prepare(state.preparation, event) };
  }
}

function reduceOrder(state: ShowState, event: DemonstrationEvent, at: number): ShowState {
  const { orders, underWay } = state;
  const change = (number: number, to: Partial<ShownOrder>): ShowState => ({
    ...state,
    underWay: underWay.map((order) => (order.number === number ? { ...order, ...to } : order)),
  });
  switch (event.kind) {
    case 'sent': {
      const { number, order } = event.sent;
      const shown = { number, steps: [], since: at, ...(order.story === undefined ? {} : { story: order.story }) };
      return { ...state, orders: { ...orders, sent: orders.sent + 1 }, underWay: [...underWay, shown] };
    }
    case 'steps':
      return change(event.number, { steps: event.steps });
    case 'struck': {
      const story = underWay.find(({ number }) => number === event.number)?.story ?? event.incident.story;
      return change(event.number, { story });
    }
    case 'ended': {
      const { ended } = event;
      const ends = { ...orders.ends, [ended.end]: (orders.ends[ended.end] ?? 0) + 1 };
      const left = underWay.filter(({ number }) => number !== ended.number);
      return print({ ...state, orders: { ...orders, ends }, underWay: left }, { kind: 'order', ended });
    }
    case 'incident':
      return print({ ...state, incident: event.incident }, { kind: 'incident', incident: event.incident, over: false });
    case 'incident-over':
      return print({ ...state, incident: undefined }, { kind: 'incident', incident: event.incident, over: true });
  }
}

const print = (state: ShowState, ...printed: readonly Printed[]): ShowState => ({
  ...state,
  printed: [...state.printed, ...printed],
});
