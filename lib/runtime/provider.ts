import { environmentNames } from '../contract/index.ts';
import { environment } from './environment.ts';
import { AtomError, ContractBroken, NotAttempted, Transient } from './errors.ts';
import type { Unchecked } from './outcome.ts';

/** An outside provider that speaks JSON over HTTP. */
export interface Provider {
  /**
   * Sends a request under the step's idempotency key.
   * @param options expects: statuses beside success that the handler deals with, such as 402 for a declined card
   * @throws Transient unless the provider gives a definite answer; ContractBroken for a definite one that nobody expects
   */
  post(path: string, body: unknown, options?: Expectations): Promise<ProviderAnswer>;
  /** Asks. @throws as `post` */
  get(path: string, options?: Expectations): Promise<ProviderAnswer>;
}

export interface Expectations {
  readonly expects?: readonly number[];
}

export interface ProviderAnswer {
  readonly status: number;
  /** Read from JSON. Undefined where a GET that was expected to fail comes with something else: an empty 404. */
  readonly body: Unchecked;
}

/** Statuses after which the same request may well succeed: authentication mended, conflict over, less load. */
const TRY_AGAIN = new Set([401, 403, 408, 425, 429]);

/** 409 may mean that the first request of this key is at work still; then it says when to ask again. */
const isAtWork = ({ status, headers }: Response): boolean => status === 409 && headers.has('retry-after');

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

  const request = async (
    method: 'GET' | 'POST',
    path: string,
    { expects = [] }: Expectations = {},
    body?: unknown,
  ): Promise<ProviderAnswer> => {
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
      const { status } = response;
      if (method === 'GET' && !response.ok && expects.includes(status))
        return { status, body: jsonOf(await response.text()) };
      if (response.ok || expects.includes(status)) return { status, body: (await response.json()) as Unchecked };
      const text = `${dependency} answered ${status} to ${method} ${path}: ${(await response.text()).slice(0, 500)}`;
      throw status >= 500 || TRY_AGAIN.has(status) || isAtWork(response)
        ? new Transient(text)
        : new ContractBroken(text);
    } catch (error) {
      if (error instanceof AtomError) throw error;
      if (NEVER_SENT.has(codeOf(error))) sent -= 1;
      const Problem = sent === 0 ? NotAttempted : Transient;
      throw new Problem(`${dependency} gave no answer to ${method} ${path}: ${messageOf(error)}`, { cause: error });
    }
  };

  return {
    post: (path, body, options) => request('POST', path, options, body),
    get: (path, options) => request('GET', path, options),
  };
}

/** Of a status that says all by itself, such as the 404 of what is not there: undefined for what is no JSON. */
function jsonOf(text: string): Unchecked {
  try {
    return JSON.parse(text) as Unchecked;
  } catch {
    return undefined as unknown as Unchecked;
  }
}

/** Not `instanceof Error`: what fetch throws may come from another realm. */
const codeOf = (error: unknown): string => String((error as { cause?: { code?: unknown } } | null)?.cause?.code ?? '');

const messageOf = (error: unknown): string =>
  [(error as { message?: unknown } | null)?.message ?? error, codeOf(error)].filter(Boolean).join(' ');
