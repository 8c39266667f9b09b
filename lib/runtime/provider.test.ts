import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ContractBroken, NotAttempted, Transient } from './errors.ts';
import { type Provider, provider } from './provider.ts';

type Play = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let play: Play;
const seen: {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}[] = [];

beforeEach(async () => {
  seen.length = 0;
  play = (_, response) => response.end('{"ok":true}');
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    play(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.CARD_NETWORK_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  process.env.CARD_NETWORK_KEY = 'secret';
});

afterEach(async () => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const outside = (signal = new AbortController().signal): Provider =>
  provider('card-network', { key: 'key-1', step: 'ship-order:o-1/payment', signal });

/** What a call is refused with: the class, and the message. */
const refusal = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => new Error('It was answered.'),
    (error: Error) => error,
  );

describe('a request', () => {
  test('goes to the dependency with its key, the step and the idempotency key', async () => {
    await outside().post('/charges', { amount: 1 });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/charges',
      body: '{"amount":1}',
      headers: {
        'content-type': 'application/json',
        'x-api-key': 'secret',
        'x-breakwater-step': 'ship-order:o-1/payment',
        'idempotency-key': 'key-1',
      },
    });
  });

  test('that only asks carries no idempotency key', async () => {
    await outside().get('/charges/c-1');
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/v1/charges/c-1', body: '' });
    expect(seen[0]?.headers).not.toHaveProperty('idempotency-key');
  });
});

describe('an answer', () => {
  test.each([200, 201, 202])('of status %d is success', async (status) => {
    play = (_, response) => response.writeHead(status).end('{"chargeId":"c"}');
    expect(await outside().post('/charges', {})).toEqual({ status, body: { chargeId: 'c' } });
  });

  test.each([402, 404, 409, 503])('of status %d is given to a handler that expects it', async (status) => {
    play = (_, response) => response.writeHead(status).end('{"reason":"x"}');
    const answer = { status, body: { reason: 'x' } };
    expect(await outside().post('/charges', {}, { expects: [402, 404, 409, 503] })).toEqual(answer);
    expect(await outside().get('/charges', { expects: [402, 404, 409, 503] })).toEqual(answer);
  });

  test.each(['', 'Not found', '<html>'])(
    'of status 404 and the text "%s" is enough for who asks and expects it',
    async (text) => {
      play = (_, response) => response.writeHead(404).end(text);
      expect(await outside().get('/charges/1', { expects: [404] })).toEqual({ status: 404, body: undefined });
      expect(await refusal(outside().post('/charges', {}, { expects: [404] }))).toBeInstanceOf(Transient);
    },
  );

  test.each([400, 402, 404, 409, 410, 422])('of status %d that nobody expects breaks the contract', async (status) => {
    // Providers give the object with its error: nobody may take that for a charge.
    play = (_, response) => response.writeHead(status).end('{"chargeId":"c","status":"failed"}');
    const error = await refusal(outside().post('/charges', {}, { expects: [451] }));
    expect(error).toBeInstanceOf(ContractBroken);
    expect(error.message).toBe(`card-network answered ${status} to POST /charges: {"chargeId":"c","status":"failed"}`);
  });

  test('of status 409 that says when to ask again is of a first request that is at work still', async () => {
    play = (_, response) => response.writeHead(409, { 'retry-after': '1' }).end('{}');
    expect(await refusal(outside().post('/charges', {}))).toBeInstanceOf(Transient);
  });

  test('of another status is definite, whether or not it says when to ask again', async () => {
    play = (_, response) => response.writeHead(400, { 'retry-after': '1' }).end('{}');
    expect(await refusal(outside().post('/charges', {}))).toBeInstanceOf(ContractBroken);
  });

  test('that is long is told in part', async () => {
    play = (_, response) => response.writeHead(400).end('x'.repeat(10_000));
    const error = await refusal(outside().post('/charges', {}));
    expect(error.message).toBe(`card-network answered 400 to POST /charges: ${'x'.repeat(500)}`);
  });

  test.each([401, 403, 408, 425, 429, 500, 502, 503, 504])('of status %d is to be asked for again', async (status) => {
    play = (_, response) => response.writeHead(status).end('busy');
    const error = await refusal(outside().post('/charges', {}));
    expect(error).toBeInstanceOf(Transient);
    expect(error).not.toBeInstanceOf(NotAttempted); // it may have been done all the same
    expect(error.message).toBe(`card-network answered ${status} to POST /charges: busy`);
  });

  test('that is no JSON is none: what was done is not known', async () => {
    play = (_, response) => response.end('<html>');
    const error = await refusal(outside().post('/charges', {}));
    expect(error).toBeInstanceOf(Transient);
    expect(error).not.toBeInstanceOf(NotAttempted);
    expect(error.message).toMatch(/^card-network gave no answer to POST \/charges: /);
  });

  test('that breaks off is none: it may have been done', async () => {
    play = (request) => request.socket.destroy();
    const error = await refusal(outside().post('/charges', {}));
    expect(error).toBeInstanceOf(Transient);
    expect(error).not.toBeInstanceOf(NotAttempted);
  });
});

describe('a connection that is refused', () => {
  beforeEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  test('did surely nothing', async () => {
    const error = await refusal(outside().post('/charges', {}));
    expect(error).toBeInstanceOf(NotAttempted);
    expect(error.message).toMatch(/^card-network gave no answer to POST \/charges: fetch failed ECONNREFUSED$/);
  });

  test('to a host that does not exist did surely nothing', async () => {
    process.env.CARD_NETWORK_URL = 'http://card-network.invalid';
    expect(await refusal(outside().post('/charges', {}))).toBeInstanceOf(NotAttempted);
  });
});

test.each<readonly [string, unknown, string]>([
  ['an error without a code', new TypeError('terminated'), 'terminated'],
  [
    'an error with one',
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'UND_ERR_SOCKET' } }),
    'fetch failed UND_ERR_SOCKET',
  ],
  ['a text', 'cut off', 'cut off'],
])('a request that ends in %s tells it, and has it as its cause', async (_, thrown, told) => {
  jest.spyOn(globalThis, 'fetch').mockRejectedValueOnce(thrown);
  const error = await refusal(outside().post('/charges', {}));
  expect(error).toMatchObject({
    name: 'Transient',
    message: `card-network gave no answer to POST /charges: ${told}`,
    cause: thrown,
  });
});

test('a connection that is refused after an earlier request of the attempt leaves open what that one did', async () => {
  const both = outside();
  await both.post('/charges', {});
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const error = await refusal(both.post('/captures', {}));
  expect(error).toBeInstanceOf(Transient);
  expect(error).not.toBeInstanceOf(NotAttempted);
});

test('of two requests at the same time, one that is refused does not take back the one that was sent', async () => {
  const unreachable = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  jest
    .spyOn(globalThis, 'fetch')
    .mockRejectedValueOnce(unreachable)
    .mockResolvedValueOnce(new Response('{}', { status: 500 }));
  const both = outside();
  const [refused] = await Promise.all([refusal(both.post('/captures', {})), refusal(both.post('/charges', {}))]);
  expect(refused).toBeInstanceOf(Transient);
  expect(refused).not.toBeInstanceOf(NotAttempted);
});

test('a request that is cut off because the time is over is Transient, with the reason that was given', async () => {
  const abort = new AbortController();
  play = () => abort.abort(new Transient('charge-card took longer than its 1000 ms.'));
  const error = await refusal(outside(abort.signal).post('/charges', {}));
  expect(error).toBeInstanceOf(Transient);
  expect(error).not.toBeInstanceOf(NotAttempted);
  expect(error.message).toBe('charge-card took longer than its 1000 ms.');
});

test('a redirect is not followed: neither the API key nor the order goes to somebody else', async () => {
  play = (_, response) => response.writeHead(307, { location: '/elsewhere' }).end('{}');
  await outside()
    .post('/charges', {})
    .catch(() => undefined);
  expect(seen.map(({ url }) => url)).toEqual(['/v1/charges']);
});
