import type { DemonstrationResult } from '../demonstration/index.ts';

export interface SessionTimes {
  /** By phase, in milliseconds; see `Launched`. */
  readonly phases: Readonly<Record<string, number>>;
  readonly ordersMs: number;
  readonly totalMs: number;
}

/** What a script reads: `npm start -- --json` prints it as its last line. Amounts in cents, times in milliseconds. */
export function reportOf(result: DemonstrationResult, times: SessionTimes, endpoint: string | undefined): object {
  const { orders, account, right, firstFulfilledMs, incidents } = result;
  const ends = Object.fromEntries(
    [...Map.groupBy(orders, ({ end }) => end)].map(([end, those]) => [end, those.length]),
  );
  const struck = orders.filter(({ struckBy }) => struckBy !== undefined);
  return {
    right,
    orders: orders.length,
    phases: Object.fromEntries(Object.entries(times.phases).map(([name, ms]) => [name, Math.round(ms)])),
    firstFulfilledMs: firstFulfilledMs === undefined ? null : Math.round(firstFulfilledMs),
    ordersMs: Math.round(times.ordersMs),
    totalMs: Math.round(times.totalMs),
    ends,
    struck: {
      incidents: incidents.map(({ story }) => story),
      orders: struck.length,
      fulfilled: struck.filter(({ end }) => end === 'fulfilled').length,
    },
    account: account.map(({ name, expected, found, unit }) => ({ name, expected, found, unit })),
    endpoint: endpoint ?? null,
  };
}
