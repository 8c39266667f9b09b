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
  // Requests that may have been sent: once there is one, the attempt counts.
  let sent = 0;

  const request = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<ProviderAnswer> => {
    sent += 1;
    try {
      const response = await fetch(url + path, {
        method,
        signal,
        // Elsewhere the key would be worth nothing, and the answer no answer.
        redirect: 'error',
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
      if (NEVER_SENT.has(codeOf(error))) sent -= 1;
      const Problem = sent === 0 ? NotAttempted : Transient;
      throw new Problem(`${dependency} gave no answer to ${method} ${path}: ${messageOf(error)}`, { cause: error });
    }
  };

  return { post: (path, body) => request('POST', path, body), get: (path) => request('GET', path) };
}

/** Not `instanceof Error`: what fetch throws may come from another realm. */
const codeOf = (error: unknown): string => String((error as { cause?: { code?: unknown } } | null)?.cause?.code ?? '');

const messageOf = (error: unknown): string =>
  [(error as { message?: unknown } | null)?.message ?? error, codeOf(error)].filter(Boolean).join(' ');
