import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { identifyEndpoint } from './endpoint.ts';

/** What a server that answers these paths with a health report is taken for. */
async function kindOf(...healthPaths: string[]): Promise<string> {
  const server = createServer((request, response) => {
    if (healthPaths.includes(request.url ?? '')) response.end('{"services":{"sqs":"available"}}');
    else response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await identifyEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

test('each emulator is told by its own health path, MiniStack also where it answers that of LocalStack', async () => {
  expect(await kindOf('/_ministack/health', '/_localstack/health')).toBe('ministack');
  expect(await kindOf('/_localstack/health')).toBe('localstack');
});

test('AWS is told by its name, by no endpoint at all, or by being no emulator', async () => {
  expect(await identifyEndpoint(undefined)).toBe('aws');
  expect(await identifyEndpoint('https://sqs.eu-central-1.amazonaws.com')).toBe('aws');
  expect(await kindOf()).toBe('aws');
});

test('where nothing listens the endpoint is unreachable', async () => {
  expect(await identifyEndpoint('http://127.0.0.1:1')).toBe('unreachable');
});
