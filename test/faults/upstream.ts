import { Agent, type IncomingMessage, request } from 'node:http';
import type { ForwardedRequest } from './operation.ts';

/** Belongs to one connection and means nothing on the next (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
]);

/** Shorter than the emulator's own 5 s, so that no request meets a connection that is just being closed. */
const IDLE_MS = 3_000;

/** The emulator, over connections that are kept. */
export class Upstream {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Resolves with the answer's head; its body is still to be read. */
  send(call: ForwardedRequest, body: Buffer): Promise<IncomingMessage> {
    const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent: this.#agent,
        host: this.#target.hostname,
        port: this.#target.port,
        method: call.method,
        path: call.path,
        headers: { ...headers, host: this.#target.host, 'content-length': body.length },
        timeout: 0,
      });
      outgoing.on('response', resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** An answer's headers, those of this connection left out. */
export function endToEnd({ rawHeaders }: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    if (name.toLowerCase() === 'content-length' || !HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
