export { type Action, delay, drop, duplicate, first, garble, kill, loseAnswer, throttle } from './action.ts';
export type { Call, CallFilter } from './call.ts';
export { draws } from './draws.ts';
export type { FaultRule, Injection } from './injection.ts';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './proxy.ts';
export { routeFunctions } from './route.ts';
export { NoWorkerToKill } from './worker.ts';
