import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as drain } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, CallFilter } from './call.ts';
import { type FaultRule, Injection, matches } from './injection.ts';
import { operationOf } from './operation.ts';
import { permissionsOf } from './permission.ts';
import { type Answer, throttlingAnswer } from './throttling.ts';
import { endToEnd, Upstream } from './upstream.ts';
import { findWorker } from './worker.ts';

export interface FaultProxyOptions {
  /** The emulator, for example `http://127.0.0.1:4566`. */
  readonly target: string;
  /** To listen on, on 127.0.0.1. A free one when left out or 0. */
  readonly port?: number;
  /** The emulator's process: only Lambda workers that descend from it are ever killed. Without it, none is. */
  readonly emulatorPid?: number;
}

/** Longer than any worker keeps a connection it does not use: it is the worker that closes it. */
const KEEP_ALIVE_MS = 600_000;

/**
 * Stands between the functions and the emulator. Each function calls it under a path of its own, `<endpoint>/<function
 * name>/…`, which says who calls; what it does on the way is said by `inject`.
 *
 * It sees what functions call, and nothing of what passes inside the emulator (state machine → queue → event source).
 */
export class FaultProxy {
  /** What functions are given as the emulator's endpoint; each puts its name behind it. */
  readonly endpoint: string;
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #upstream: Upstream;
  #calls: Call[] = [];
  #injections: Injection[] = [];

  constructor(server: Server, options: FaultProxyOptions) {
    const { port } = server.address() as AddressInfo;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#options = options;
    this.#server = server;
    this.#upstream = new Upstream(options.target);
    server.on('request', (incoming, outgoing) => {
      void this.#handle(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
  }

  /** From the next call on. Rules strike in the order in which they were injected; after a delay the next one may. */
  inject(rule: FaultRule): Injection {
    const injection = new Injection(rule, (each) => {
      this.#injections = this.#injections.filter((other) => other !== each);
    });
    this.#injections.push(injection);
    return injection;
  }

  /** What has arrived, in order. */
  calls(filter: CallFilter = {}): readonly Call[] {
    return this.#calls.filter(
      (call) =>
        matches(filter.function, call.function) &&
        matches(filter.operation, call.operation) &&
        matches(filter.body, call.text),
    );
  }

  /**
   * What each function needs permission for, judged by its calls: by function and IAM action, the resources as the
   * calls name them. Transactions are counted as their parts; calls to providers are left out.
   */
  recorded(): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
    const functions = new Map<string, Map<string, Set<string>>>();
    for (const call of this.#calls) {
      const actions = functions.get(call.function) ?? new Map<string, Set<string>>();
      functions.set(call.function, actions);
      for (const { action, resource } of permissionsOf(call.operation, call.path, call.text)) {
        actions.set(action, (actions.get(action) ?? new Set()).add(resource));
      }
    }
    return functions;
  }

  /** Ends all faults and forgets all calls. */
  reset(): void {
    this.#injections = [];
    this.#calls = [];
  }

  /** The faults at work with seeds and hits, a line each: for the output of a failed test. */
  describe(): string {
    return this.#injections.map(String).join('\n');
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    this.#upstream.close();
    await closed;
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const exchange = await this.#receive(incoming, outgoing);
    const { call } = exchange;
    const aimed = this.#injections.filter((injection) => injection.aimsAt(call));
    for (const injection of aimed) {
      const { action } = injection.rule;
      if (action.kind !== 'kill') strike(injection, call);
      switch (action.kind) {
        case 'delay':
          await sleep(action.milliseconds);
          break;
        case 'first':
          await action.act(call).catch((error: unknown) => {
            injection.error = asError(error);
          });
          break;
        case 'drop':
          return hangUp(exchange);
        case 'lose-answer':
          await this.#forwardAndDiscard(exchange);
          return hangUp(exchange);
        case 'duplicate': {
          if (action.answer === 'second') {
            await this.#forwardAndDiscard(exchange);
            return this.#forward(exchange);
          }
          await this.#forward(exchange);
          return this.#forwardAndDiscard(exchange);
        }
        case 'throttle':
          return reply(exchange, throttlingAnswer(call.operation, call.headers['content-type']));
        case 'garble':
          await this.#forwardAndDiscard(exchange);
          return reply(exchange, NONSENSE);
        case 'kill':
          return this.#kill(exchange, injection, action.when);
      }
    }
    return this.#forward(exchange);
  }

  async #receive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Exchange> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const [, name = '', path = ''] = /^\/([^/?]*)(.*)$/.exec(incoming.url ?? '') ?? [];
    const received = Buffer.concat(chunks);
    const body = this.#turnBack(name, received);
    const request = {
      method: incoming.method ?? 'GET',
      path: path.startsWith('/') ? path : `/${path}`,
      headers: incoming.headers,
      text: body.toString('utf8'),
    };
    const operation = operationOf(request);
    const call: Call = { ...request, function: name, operation, at: Date.now(), struck: [], forwarded: 0 };
    this.#calls.push(call);
    return { call, body, incoming, outgoing };
  }

  /** A queue's URL that leads through this proxy is none that the emulator knows. */
  #turnBack(name: string, body: Buffer): Buffer {
    const mine = `${this.endpoint}/${name}/`;
    if (!body.includes(mine)) return body;
    const target = `${this.#options.target.replace(/\/$/, '')}/`;
    return Buffer.from(body.toString('utf8').replaceAll(mine, target));
  }

  async #forward(exchange: Exchange): Promise<void> {
    const { outgoing } = exchange;
    const answer = await this.#send(exchange);
    outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer));
    // Not pipeline(): a caller that has gone away must not end a call that is being carried out.
    answer.pipe(outgoing);
    await new Promise<void>((resolve, reject) => {
      answer.on('end', resolve);
      answer.on('error', reject);
    });
  }

  /** Resolves when the emulator has carried it out and said so. */
  async #forwardAndDiscard(exchange: Exchange): Promise<void> {
    await drain(await this.#send(exchange));
  }

  async #send({ call, body }: Exchange): Promise<IncomingMessage> {
    call.forwarded += 1;
    const answer = await this.#upstream.send(call, body);
    if (answer.statusCode !== undefined) call.status = answer.statusCode;
    return answer;
  }

  async #kill(exchange: Exchange, injection: Injection, when: 'before' | 'after'): Promise<void> {
    const { socket } = exchange.incoming;
    const connection = { callerPort: socket.remotePort ?? 0, proxyPort: socket.localPort ?? 0 };
    try {
      const pid = await findWorker(connection, this.#options.emulatorPid);
      if (when === 'after') await this.#forwardAndDiscard(exchange);
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      injection.error = asError(error);
      return reply(exchange, { status: 502, headers: {}, body: injection.error.message });
    }
    strike(injection, exchange.call);
    hangUp(exchange);
  }
}

/** Starts it; it ends with `close()`. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return new FaultProxy(server, options);
}

const NONSENSE: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"nonsense":true}',
};

interface Exchange {
  readonly call: Call;
  readonly body: Buffer;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function strike(injection: Injection, call: Call): void {
  injection.hits += 1;
  call.struck.push(injection.rule.action.kind);
}

const hangUp = ({ incoming }: Exchange): void => {
  incoming.socket.destroy();
};

function reply({ outgoing }: Exchange, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}
