import type { AccountLine } from './demonstration.ts';
import type { DemonstratedStep, EndedOrder } from './run.ts';

const MARK = { fulfilled: '✔', declined: '↩', failed: '✘', rejected: '⊘' } as const;

/** `✔ fulfilled  k3f-01  price risk stock payment shipment …   0.8 s  an ordinary order` */
export function orderLine({ order, end, steps, milliseconds, expected, reason }: EndedOrder): string {
  const seconds = `${(milliseconds / 1_000).toFixed(1)} s`.padStart(7);
  const line = `${MARK[end]} ${end.padEnd(9)} ${order.orderId}  ${(order.story ?? 'an ordinary one').padEnd(24)}${seconds}  ${steps.map(stepText).join(' ')}`;
  return expected
    ? line.trimEnd()
    : `${line}   <- expected ${[order.expected].flat().join(' or ')}${reason ? `\n    ${reason}` : ''}`;
}

/** `payment×4✘`, `settle:payment`, `undo:stock` */
function stepText({ name, kind, attempts, failed }: DemonstratedStep): string {
  return `${kind === 'step' ? '' : `${kind}:`}${name}${attempts > 1 ? `×${attempts}` : ''}${failed ? '✘' : ''}`;
}

/** `charged − refunded = sold            1,234.50 = 1,234.50  adds up` */
export function accountLine({ name, expected, found, unit }: AccountLine): string {
  const text = (amount: number): string => (unit === 'cents' ? (amount / 100).toFixed(2) : String(amount));
  return `  ${name.padEnd(46)} ${text(found).padStart(10)} ${found === expected ? '=' : '≠'} ${text(expected).padStart(10)}  ${found === expected ? 'adds up' : 'DOES NOT ADD UP'}`;
}
