import { environmentNames } from '../contract/index.ts';
import { environment } from './environment.ts';
import { NotAttempted, Transient } from './errors.ts';
import type { Unchecked } from './outcome.ts';

/** An outside provider that speaks JSON over HTTP. */
export interface Provider {
  /** Sends a request under the step's idempotency key. @throws Transient unless the provider gives a definite answer */
  post(path: string, body: unknown): Promise<ProviderAnswer>;
  /** Asks. @throws Transient unless the provider gives a definite answer */
  get(path: string): Promise<ProviderAnswer>;
}

export interface ProviderAnswer {
  readonly status: number;
  readonly body: Unchecked;
}

/** Statuses after which the same request may well succeed: authentication mended, conflict over, less load. */
const TRY_AGAIN = new Set([401, 403, 408, 409, 425, 429]);

/** System errors that come before anything was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

export function provider(
  dependency: string,
  { key, step, signal }: { readonly key: string; readonly step: string; readonly signal: AbortSignal },
): Provider {
  const url = environment(environmentNames.dependencyUrl(dependency)).replace(/\/$/, '');
  const headers = {
    'content-type': 'application/json',
    'x-api-key': environment(environmentNames.dependencyKey(dependency)),
    'x-breakwater-step': step,
  };
  let reached = false;

  const request = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<ProviderAnswer> => {
    const before = reached;
    reached = true;
    try {
      const response = await fetch(url + path, {
        method,
        signal,
        headers: method === 'POST' ? { ...headers, 'idempotency-key': key } : headers,
        ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
      });
      if (response.status >= 500 || TRY_AGAIN.has(response.status)) {
        await response.arrayBuffer();
        throw new Transient(`${dependency} answered ${response.status} to ${method} ${path}.`);
      }
      return { status: response.status, body: (await response.json()) as Unchecked };
    } catch (error) {
      if (error instanceof Transient) throw error;
      reached = before || !NEVER_SENT.has(codeOf(error));
      const Problem = reached ? Transient : NotAttempted;
      throw new Problem(`${dependency} gave no answer to ${method} ${path}: ${messageOf(error)}`, { cause: error });
    }
  };

  return { post: (path, body) => request('POST', path, body), get: (path) => request('GET', path) };
}

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause !== null && typeof cause === 'object' && 'code' in cause ? String(cause.code) : '';
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? [error.message, codeOf(error)].filter(Boolean).join(' ') : String(error);
