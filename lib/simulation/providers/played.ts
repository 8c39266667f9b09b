import type { Ledger, ProviderAnswer, ProviderRequest } from '../../sandbox/index.ts';

/** A request as a test's function sees it. */
export interface PlayedRequest {
  readonly method: 'GET' | 'POST';
  /** `/charges` */
  readonly path: string;
  /** What was sent, read from its JSON; undefined for a GET. */
  readonly body: unknown;
  /** The idempotency key that it carries. */
  readonly key: string | undefined;
  /** Whose request it is: `<execution>/<step>`. */
  readonly step: string | undefined;
}

export interface PlayedReply {
  readonly status: number;
  /** Sent as JSON; an empty object when left out. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A provider whose answers a function gives, and what it does with a request that it has seen before. */
export interface PlayedProvider {
  readonly name: string;
  /** Answers what is asked for the first time. What it throws is a connection that was lost before anything was done. */
  reply(request: PlayedRequest): PlayedReply | Promise<PlayedReply>;
  /**
   * Answers a question about what was done.
   * @param done the reply to the request that had an effect, if the question names its key, and there was one
   */
  find(request: PlayedRequest, done: PlayedReply | undefined): PlayedReply | Promise<PlayedReply>;
  /**
   * What becomes of a POST: under a key that was seen before it gets the first answer again, and nothing is done anew
   * (`once-a-key`); it is done whatever was before (`each`); or it only asks, and does nothing (`never`).
   */
  readonly effects: 'once-a-key' | 'each' | 'never';
}

export const isPlayed = (definition: object): definition is PlayedProvider => 'reply' in definition;

/** The rules of a provider that a test plays. What succeeds has an effect; what it refuses has none. */
export class PlayedRules {
  readonly #provider: PlayedProvider;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #done = new Map<string, PlayedReply>();
  #requests = 0;

  constructor(provider: PlayedProvider, ledger: Ledger, now: () => number) {
    this.#provider = provider;
    this.#ledger = ledger;
    this.#now = now;
  }

  async handle({ method, path, headers, body }: ProviderRequest): Promise<ProviderAnswer> {
    const key = headers['idempotency-key'];
    const step = headers['x-breakwater-step'] || undefined;
    const request = { path, key, step, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
    if (method !== 'POST') {
      const known = [...this.#done].findLast(([each]) => path.includes(each));
      return answerOf(await this.#provider.find({ ...request, method: 'GET' }, known?.[1]));
    }
    const { effects } = this.#provider;
    if (effects === 'never') return answerOf(await this.#provider.reply({ ...request, method: 'POST' }));
    this.#requests += 1;
    const own = effects === 'once-a-key' && key !== undefined ? key : `${key ?? 'no-key'}.${this.#requests}`;
    const fingerprint = `${path} ${body}`;
    const entry = await this.#ledger.count({ key: own, kind: 'request', fingerprint, ...(step && { step }) });
    if (entry.fingerprint !== fingerprint) {
      return { status: 422, body: { reason: 'This idempotency key was used for something else.' } };
    }
    if (entry.answer) return entry.answer;
    const answer = answerOf(await this.#provider.reply({ ...request, method: 'POST' }));
    const succeeded = answer.status >= 200 && answer.status < 300;
    // Refused for now: whoever asks again is answered anew.
    if (answer.status >= 500 || answer.status === 429) return answer;
    const concluded = await this.#ledger.conclude(own, { answer, at: this.#now(), ...(succeeded && { id: own }) });
    if (concluded !== 'concluded') return (await this.#ledger.find(own))?.answer ?? answer;
    if (succeeded && key !== undefined) this.#done.set(key, answer);
    return answer;
  }
}

const answerOf = ({ status, headers, body = {} }: PlayedReply): ProviderAnswer => ({
  status,
  body: body as ProviderAnswer['body'],
  ...(headers && { headers }),
});
