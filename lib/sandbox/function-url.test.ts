import { afterEach, expect, it } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { serveProvider, toRequest, toResult } from './function-url.ts';
import { payments } from './index.ts';

const event = (body: string, isBase64Encoded: boolean): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/charges',
  rawQueryString: '',
  headers: { 'X-Api-Key': 'secret' },
  requestContext: {
    accountId: 'anonymous',
    apiId: 'url',
    domainName: '',
    domainPrefix: '',
    http: { method: 'POST', path: '/charges', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
    requestId: '',
    routeKey: '$default',
    stage: '$default',
    time: '',
    timeEpoch: 0,
  },
  body,
  isBase64Encoded,
});

afterEach(() => {
  delete process.env.LEDGER_TABLE;
});

it.each([
  ['as text', '{"a":"ü"}', false],
  ['in base 64', Buffer.from('{"a":"ü"}').toString('base64'), true],
])('reads a body that comes %s, and header names in any case', (_, body, encoded) => {
  expect(toRequest(event(body, encoded))).toEqual({
    method: 'POST',
    path: '/charges',
    headers: { 'x-api-key': 'secret' },
    body: '{"a":"ü"}',
  });
});

it('answers JSON with the headers of the answer', () => {
  expect(toResult({ status: 409, headers: { 'retry-after': '2' }, body: { reason: 'busy' } })).toEqual({
    statusCode: 409,
    headers: { 'content-type': 'application/json', 'retry-after': '2' },
    body: '{"reason":"busy"}',
  });
});

it('names the environment variable that is missing', () => {
  process.env.LEDGER_TABLE = 'ledger';
  expect(() => serveProvider(payments)).toThrow('FAULTS_TABLE');
});
