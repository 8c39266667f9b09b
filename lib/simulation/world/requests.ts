import { isFindable, undoPath } from '../../contract/index.ts';
import type { ProviderAnswer } from '../../sandbox/index.ts';
import type { FaultKind } from '../faults/fault.ts';
import type { Invocation } from '../functions/invocation.ts';
import { AtomTestError } from '../mistakes.ts';
import type { SimulatedProvider } from '../providers/provider.ts';
import type { Account } from './account.ts';
import { DELAY } from './delays.ts';
import { labelOf, type StepName } from './labels.ts';

const OF_QUESTIONS: readonly FaultKind[] = ['unreachable', 'down', 'slow', 'crash-before', 'zombie'];
const OF_REQUESTS: readonly FaultKind[] = [
  'unreachable',
  'down',
  'outage',
  'gone',
  'mute',
  'garbled',
  'declined',
  'unanswered',
  'slow',
  'late',
  'thawed',
  'crash-before',
  'crash-after',
  'zombie',
];

/** What functions ask of providers, and what goes wrong with it. */
export class ProviderRequests {
  readonly #account: Account;
  /** Of requests, by who sends them and where to. */
  readonly #kinds = new Map<string, readonly FaultKind[]>();
  readonly #outages = new Map<string, { readonly kind: 'down' | 'unanswered'; readonly until: number }>();

  constructor(account: Account) {
    this.#account = account;
  }

  fetch(invocation: Invocation, address: string, options: RequestInit): Promise<Response> {
    const account = this.#account;
    const url = new URL(address);
    const provider = account.provider(url.hostname);
    if (!provider) {
      const mistake = new AtomTestError(
        `${invocation.functionName} fetches ${address}, and a simulation reaches nothing but the contracts' dependencies, through context.provider.`,
      );
      account.mistaken(mistake);
      throw mistake;
    }
    const { method = 'GET', signal } = options;
    const headers = headersOf(options.headers);
    // Sent past context.provider, it says of no step. It is its invocation's all the same, and so is its effect.
    headers['x-breakwater-step'] ??= this.#stepOf(invocation);
    const step = stepOf(headers['x-breakwater-step']);
    const label = `${step ? labelOf(step) : invocation.functionName} ${method} ${method === 'POST' ? url.pathname : ''}`;
    const outage = this.#outage(provider.name);
    const kinds = method === 'POST' ? this.#ofRequests(invocation, provider, url.pathname) : OF_QUESTIONS;
    const kind = account.points.reach(label.trim(), outage ? [] : kinds);
    if (kind === 'outage' || kind === 'mute' || kind === 'gone') {
      const until = account.now() + (kind === 'gone' ? DELAY.gone : DELAY.outage);
      this.#outages.set(provider.name, { kind: kind === 'mute' ? 'unanswered' : 'down', until });
    }
    account.tell(invocation.functionName, provider.name, label.trim(), kind);
    if (method === 'POST' && step) account.watch.onAttempt(step, invocation);
    const leave = method === 'POST' && step ? account.watch.onRequest(step, invocation) : () => undefined;
    const request = { method, path: url.pathname + url.search, headers, body: String(options.body ?? '') };
    return new Promise<Response>((resolve, reject) => {
      signal?.addEventListener('abort', () => invocation.answer(reject, signal.reason as Error));
      /** What goes wrong inside a provider that is played is a mistake of the simulation. */
      const perform = (then: (given: ProviderAnswer) => void): void => {
        provider.handle(request).then(then).catch(reject);
      };
      const answer = (): void => perform((given) => invocation.answer(resolve, responseOf(given)));
      const lose = (): void => invocation.answer(reject, failed('ECONNRESET'));
      const after = (milliseconds: number, act: () => void): void => {
        account.after(milliseconds, act);
      };
      switch (outage ?? kind) {
        case undefined:
          return after(account.about(DELAY.request), answer);
        case 'unreachable':
          return after(account.about(DELAY.request), () => invocation.answer(reject, failed('ECONNREFUSED')));
        case 'down':
        case 'outage':
        case 'gone':
          return after(account.about(DELAY.request), () => invocation.answer(resolve, responseOf(DOWN)));
        case 'declined':
          return after(account.about(DELAY.request), () => {
            provider
              .decline(request)
              .then((given) => invocation.answer(resolve, responseOf(given)))
              .catch(reject);
          });
        case 'garbled':
          return after(account.about(DELAY.request), () =>
            perform(() => invocation.answer(resolve, responseOf({ status: 200, body: { nonsense: true } }))),
          );
        case 'unanswered':
        case 'mute':
          return after(account.about(DELAY.request), () => perform(() => after(DELAY.noAnswer, lose)));
        case 'slow':
          return after(account.about(DELAY.request), () =>
            perform((given) =>
              after(invocation.remainingMilliseconds, () => invocation.answer(resolve, responseOf(given))),
            ),
          );
        case 'late':
        case 'thawed':
          after(DELAY[kind as 'late' | 'thawed'], () => perform(() => undefined));
          return after(DELAY.noAnswer, lose);
        case 'crash-before':
          return invocation.crash();
        case 'crash-after':
          return after(account.about(DELAY.request), () => perform(() => invocation.crash()));
        case 'zombie':
          invocation.becomeZombie();
          return after(invocation.remainingMilliseconds + DELAY.zombie, answer);
        default:
          throw new TypeError(`${kind} is no fault of a request.`);
      }
    }).finally(leave);
  }

  /** What can go wrong with a request that is to do something. */
  #ofRequests({ functionName }: Invocation, provider: SimulatedProvider, path: string): readonly FaultKind[] {
    const which = `${functionName} ${provider.name}${path}`;
    let kinds = this.#kinds.get(which);
    if (!kinds) {
      const contract = this.#account.deployment.atoms.get(functionName)?.contract;
      const expectsNo = provider.canDecline(path) && Object.keys(contract?.failures ?? {}).length > 0;
      // Where a provider is only asked what it did, its contract says how late a request may come to it.
      const quiet = contract && isFindable(contract.effect) ? contract.effect.quietAfter.milliseconds : undefined;
      const comes = (kind: FaultKind): boolean =>
        quiet === undefined || (kind !== 'late' && kind !== 'thawed') || DELAY[kind] < quiet;
      kinds = OF_REQUESTS.filter((kind) => comes(kind) && (kind !== 'declined' || expectsNo));
      this.#kinds.set(which, kinds);
    }
    return kinds;
  }

  #stepOf(invocation: Invocation): string {
    const [only, ...others] = this.#account.watch.envelopesOf(invocation);
    if (!only || others.length > 0) return '';
    return `${only.execution}/${only.verb === 'undo' ? undoPath(only.step) : only.step}`;
  }

  #outage(provider: SimulatedProvider['name']): 'down' | 'unanswered' | undefined {
    const outage = this.#outages.get(provider);
    return outage && outage.until > this.#account.now() ? outage.kind : undefined;
  }
}

/** `<execution>/<step>`; an execution's name holds no slash, a step's path may. */
function stepOf(text: string): StepName | undefined {
  const slash = text.indexOf('/');
  return slash < 0 ? undefined : { execution: text.slice(0, slash), step: text.slice(slash + 1) };
}

/** By names in lower case, as everybody sees them. */
function headersOf(given: RequestInit['headers'] = {}): Record<string, string> {
  const entries =
    given instanceof Headers || Array.isArray(given) ? [...new Headers(given as Headers)] : Object.entries(given);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const DOWN: ProviderAnswer = { status: 503, body: { reason: 'The provider is down.' } };

const failed = (code: string): Error => Object.assign(new TypeError('fetch failed'), { cause: { code } });

/** As much of a Response as a caller of JSON over HTTP reads; the real one waits for streams. */
function responseOf({ status, headers = {}, body }: ProviderAnswer): Response {
  const text = JSON.stringify(body);
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: new Headers(headers),
    json: async () => JSON.parse(text) as unknown,
    text: async () => text,
  } as Response;
}
