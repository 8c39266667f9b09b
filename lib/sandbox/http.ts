/** A call as a provider sees it, whatever carried it. */
export interface ProviderRequest {
  readonly method: string;
  /** Without the query: `/charges`, `/charges/<idempotency key>`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body's text; empty when there is none. */
  readonly body: string;
}

/** What a provider answers; the body is sent as JSON. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The headers that providers read. */
export const Header = Object.freeze({
  apiKey: 'x-api-key',
  idempotencyKey: 'idempotency-key',
  /** Says which step asks, for the ledger; no real provider knows it. */
  step: 'x-breakwater-step',
});

/** A call that is refused, with a reason for people. */
export const refusal = (status: number, reason: string): ProviderAnswer => ({ status, body: { reason } });

/** Somebody else is at it: the caller may come back. */
export const tryLater = (milliseconds: number): ProviderAnswer => ({
  status: 409,
  headers: { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1_000))) },
  body: { reason: 'This idempotency key is being worked on.' },
});
