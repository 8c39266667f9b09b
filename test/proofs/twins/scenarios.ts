import type { FaultKind, PlannedFault } from '../../../lib/simulation/index.ts';
import { type Action, delay, garble, kill, loseAnswer, throttle } from '../../faults/index.ts';
import type { EmulatedFault, Scenario } from './scenario.ts';

const NO_CARRIER = { country: 'AQ' };

/** Both sides of a fault at one call of one step. */
interface At {
  readonly function: string;
  readonly operation: string;
  readonly by: 'execution' | 'order' | 'amount';
  /** As the simulation names the place, without the number: `payment UpdateItem`. */
  readonly label: string;
}

const at = (step: string, atom: string) => ({
  update: { function: atom, operation: 'dynamodb.UpdateItem', by: 'execution', label: `${step} UpdateItem` } as At,
  commit: {
    function: atom,
    operation: 'dynamodb.TransactWriteItems',
    by: 'execution',
    label: `${step} TransactWriteItems`,
  } as At,
});

const stock = at('stock', 'reserve-inventory-v1');
const release = at('stock~undo', 'release-inventory-v1');
const payment = {
  ...at('payment', 'charge-payment-v1'),
  charge: {
    function: 'charge-payment-v1',
    operation: 'http.POST /charges',
    by: 'order',
    label: 'payment POST /charges',
  } as At,
  answer: {
    function: 'charge-payment-v1',
    operation: 'states.SendTaskSuccess',
    by: 'amount',
    label: 'payment SendTaskSuccess',
  } as At,
};
const refund: At = {
  function: 'refund-payment-v1',
  operation: 'http.POST /refunds',
  by: 'amount',
  label: 'payment~undo POST /refunds',
};
const shipment: At = {
  function: 'book-shipment-v1',
  operation: 'http.POST /shipments',
  by: 'order',
  label: 'shipment POST /shipments',
};
const mail: At = {
  function: 'notify-customer-v1',
  operation: 'ses.SendEmail',
  by: 'order',
  label: 'receipt SendEmail',
};

interface Faults {
  readonly simulated: readonly PlannedFault[];
  readonly emulated: readonly EmulatedFault[];
}

const planned = (label: string, kind: FaultKind, nth = 1, times = 1): readonly PlannedFault[] =>
  Array.from({ length: times }, (_, index) => ({ at: `order/${label}#${nth + index}`, kind }));

/** The same fault on both sides. `sends`: how often the SDK sends the call before it gives up. */
const struck = (
  { label, ...call }: At,
  kind: FaultKind,
  action: Action,
  { nth = 1, times = 1, sends = 1 }: { nth?: number; times?: number; sends?: number } = {},
): Faults => ({
  simulated: planned(label, kind, nth, times),
  emulated: [{ kind: 'call', ...call, nth, times: times * sends, action }],
});

const dies = (call: At, when: 'before' | 'after', nth = 1): Faults =>
  struck(call, `crash-${when}`, kill(when), { nth });

const message = (step: string, queue: string, how: 'twice' | 'again' | 'held' | 'dead'): Faults => ({
  simulated: planned(`${step} message to ${queue}`, how),
  emulated: [{ kind: 'message', queue, how }],
});

const stopped = (step: string, { function: atom, operation }: At): Faults => ({
  simulated: planned(`${step} task`, 'stopped-meanwhile'),
  emulated: [{ kind: 'stop', function: atom, operation }],
});

const together = (...all: readonly Faults[]): Faults => ({
  simulated: all.flatMap(({ simulated }) => simulated),
  emulated: all.flatMap(({ emulated }) => emulated),
});

const NOTHING: Faults = { simulated: [], emulated: [] };

/** SDK attempts: what is refused once to the runtime was refused twice on the wire. */
const SENDS = 2;

const lostFourTimes = struck(payment.charge, 'unanswered', loseAnswer(), { times: 4 });

/** The first ones are those of the short form. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'nothing goes wrong', ...NOTHING },
  { name: 'the card is declined', change: { card: 'tok_declined' }, ...NOTHING },
  { name: 'no carrier goes there: what was done is undone', change: NO_CARRIER, ...NOTHING },
  { name: 'the worker dies after the charge', ...dies(payment.charge, 'after') },
  { name: 'the answer of every charge is lost', ...lostFourTimes },
  {
    name: 'the payment message is delivered twice at the same time',
    ...message('payment', 'charge-payment-v1', 'twice'),
  },
  { name: 'the order is stopped while it is being charged', ...stopped('payment', payment.charge) },
  { name: 'the worker dies after the stock is reserved', ...dies(stock.commit, 'after') },
  { name: 'nothing is in stock', available: 0, ...NOTHING },
  {
    name: 'the order is too risky',
    change: { email: 'x@mailinator.com', lines: [{ sku: 'desk', quantity: 50, unitPrice: 50_000 }] },
    ...NOTHING,
  },
  {
    name: 'the payment provider is down once',
    simulated: planned(payment.charge.label, 'down'),
    emulated: [{ kind: 'provider', fault: { kind: 'down', provider: 'payments', operation: 'charge', times: 1 } }],
  },
  {
    name: 'the payment provider is down for all attempts, and back for the settlement',
    simulated: planned(payment.charge.label, 'down', 1, 4),
    emulated: [{ kind: 'provider', fault: { kind: 'down', provider: 'payments', operation: 'charge', times: 4 } }],
  },
  { name: 'the answer of a charge is lost once', ...struck(payment.charge, 'unanswered', loseAnswer()) },
  { name: 'a charge arrives long after its attempt', ...struck(payment.charge, 'late', delay(9_000)) },
  { name: 'the worker dies before it claims the payment', ...dies(payment.update, 'before') },
  { name: 'the worker dies when it has claimed the payment', ...dies(payment.update, 'after') },
  { name: 'the worker dies before the charge', ...dies(payment.charge, 'before') },
  { name: 'the worker dies before the charge is recorded', ...dies(payment.update, 'before', 2) },
  { name: 'the worker dies when the charge is recorded', ...dies(payment.update, 'after', 2) },
  { name: 'the worker dies when it has answered', ...dies(payment.answer, 'after') },
  { name: 'the worker dies before the stock is reserved', ...dies(stock.commit, 'before') },
  {
    name: 'the reservation is refused by a throttled table',
    ...struck(stock.commit, 'refused', throttle(), { sends: SENDS }),
  },
  {
    name: 'the answer of the reservation is lost, and the SDK sends it again',
    ...struck(stock.commit, 'resent', loseAnswer()),
  },
  {
    name: 'the claim is refused by a throttled table',
    ...struck(payment.update, 'refused', throttle(), { sends: SENDS }),
  },
  {
    name: 'the answer of the claim is lost, and the SDK sends it again',
    ...struck(payment.update, 'resent', loseAnswer()),
  },
  {
    name: 'the answer to SendTaskSuccess is lost, and the SDK sends it again',
    ...struck(payment.answer, 'resent', loseAnswer()),
  },
  {
    name: 'the payment message is delivered again when all is done',
    ...message('payment', 'charge-payment-v1', 'again'),
  },
  { name: 'the payment message waits longer than its attempt', ...message('payment', 'charge-payment-v1', 'held') },
  { name: 'the payment message goes to the dead letters unread', ...message('payment', 'charge-payment-v1', 'dead') },
  { name: 'the shipment message waits longer than its attempt', ...message('shipment', 'book-shipment-v1', 'held') },
  {
    name: 'every answer is lost, and the settlement dies when it has taken the step over',
    ...together(lostFourTimes, dies(payment.update, 'after', 9)),
    leaveOut: {
      attempts:
        'how often the settlement is tried until the lease of the dead one is over depends on chance, by which retries are spread.',
    },
  },
  { name: 'every answer of the carrier is lost', ...struck(shipment, 'unanswered', loseAnswer(), { times: 4 }) },
  { name: 'the charge is answered with nonsense', ...struck(payment.charge, 'garbled', garble()) },
  {
    name: 'the refund is answered with nonsense: it is parked',
    change: NO_CARRIER,
    ...struck(refund, 'garbled', garble()),
  },
  {
    name: 'the answer of the claim is lost for good',
    ...struck(payment.update, 'unanswered', loseAnswer(), { sends: SENDS }),
  },
  {
    name: 'the answer of the reservation is lost for good',
    ...struck(stock.commit, 'unanswered', loseAnswer(), { sends: SENDS }),
  },
  {
    name: 'the answer to SendTaskSuccess is lost for good',
    ...struck(payment.answer, 'unanswered', loseAnswer(), { sends: SENDS }),
  },
  { name: 'SendTaskSuccess is refused', ...struck(payment.answer, 'refused', throttle(), { sends: SENDS }) },
  {
    name: 'the record of the charge is refused by a throttled table',
    ...struck(payment.update, 'refused', throttle(), { nth: 2, sends: SENDS }),
  },
  {
    name: 'of two deliveries at the same time the one that has the claim dies after the charge',
    ...together(message('payment', 'charge-payment-v1', 'twice'), dies(payment.charge, 'after')),
  },
  { name: 'the worker dies after the refund', change: NO_CARRIER, ...dies(refund, 'after') },
  { name: 'the worker dies when the stock is released', change: NO_CARRIER, ...dies(release.commit, 'after') },
  {
    name: 'the refund fails once',
    change: NO_CARRIER,
    simulated: planned(refund.label, 'down'),
    emulated: [{ kind: 'provider', fault: { kind: 'down', provider: 'payments', operation: 'refund', times: 1 } }],
  },
  { name: 'the order is stopped while its shipment is booked', ...stopped('shipment', shipment) },
  {
    name: 'the payment provider is down once, and declines the charge when it is asked again',
    simulated: [...planned(payment.charge.label, 'down'), ...planned(payment.charge.label, 'declined', 2)],
    emulated: [
      { kind: 'provider', fault: { kind: 'down', provider: 'payments', operation: 'charge', times: 1 } },
      { kind: 'provider', fault: { kind: 'decline', provider: 'payments', operation: 'charge', times: 1 } },
    ],
  },
  { name: 'the worker dies when the mail is sent', ...dies(mail, 'after') },
];
