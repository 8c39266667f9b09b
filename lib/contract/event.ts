import type { Schema } from './schema.ts';
import { checkName, checkVersion } from './version.ts';

/**
 * A domain event. On the bus its detail is `{ id, version, correlationId, data }`: `id` names it for ever, so that
 * whoever receives it twice can tell.
 */
export interface EventContract<Payload = unknown, Parsed = unknown> {
  readonly kind: 'event';
  /** EventBridge's detail-type. */
  readonly name: string;
  readonly version: string;
  readonly payload: Schema<Payload, Parsed>;
}

export type AnyEventContract = EventContract;

export function event<Payload, Parsed>(definition: {
  /** Lower-case words joined by hyphens, in the past tense: order-placed. */
  readonly name: string;
  readonly version: string;
  readonly payload: Schema<Payload, Parsed>;
}): EventContract<Payload, Parsed> {
  checkName('Event', definition.name);
  checkVersion(`Event "${definition.name}"`, definition.version);
  return Object.freeze({ kind: 'event', ...definition });
}

/** The detail of a domain event on the bus. */
export interface EventDetail<Payload> {
  readonly id: string;
  readonly version: string;
  readonly correlationId: string;
  readonly data: Payload;
}
