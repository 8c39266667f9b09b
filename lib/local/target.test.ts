import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openTarget } from './target.ts';

const VARIABLES = ['BREAKWATER_TARGET', 'AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_DEFAULT_REGION'] as const;
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
let server: Server | undefined;

afterEach(() => {
  for (const name of VARIABLES) setVariable(name, before[name]);
  server?.close();
});

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Only these are set. */
function environment(variables: Partial<Record<(typeof VARIABLES)[number], string>>): void {
  for (const name of VARIABLES) setVariable(name, variables[name]);
}

/** Answers LocalStack's health page, as far as it is asked. */
async function localStack(): Promise<string> {
  const answering = createServer((request, response) => {
    response.statusCode = request.url === '/_localstack/health' ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ edition: 'community', version: '4.14.0', services: { s3: 'running' } }));
  });
  server = answering;
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(answering.address() as AddressInfo).port}`;
}

const open = () => openTarget({ root: '/nowhere' });

describe('BREAKWATER_TARGET', () => {
  test('of an unknown kind is refused with the kinds that there are', async () => {
    environment({ BREAKWATER_TARGET: 'azure' });
    await expect(open()).rejects.toThrow('The target is "azure"; it is one of emulator, localstack, aws.');
  });

  test('localstack without AWS_ENDPOINT_URL is refused with what to set', async () => {
    environment({ BREAKWATER_TARGET: 'localstack' });
    await expect(open()).rejects.toThrow('Set AWS_ENDPOINT_URL to where LocalStack answers');
  });

  test('localstack where nothing answers is refused with what to do', async () => {
    environment({ BREAKWATER_TARGET: 'localstack', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    await expect(open()).rejects.toThrow('Nothing answers at AWS_ENDPOINT_URL http://127.0.0.1:9');
  });

  test('localstack that answers is taken as it is, and not stopped', async () => {
    const endpoint = await localStack();
    environment({ BREAKWATER_TARGET: 'localstack', AWS_ENDPOINT_URL: endpoint });
    const target = await open();
    expect(target).toMatchObject({ kind: 'localstack', endpoint, settings: { endpoint, region: 'us-east-1' } });
    await target.close();
    expect((await fetch(`${endpoint}/_localstack/health`)).ok).toBe(true);
  });

  test('left out, AWS_ENDPOINT_URL decides', async () => {
    const endpoint = await localStack();
    environment({ AWS_ENDPOINT_URL: endpoint });
    expect(await open()).toMatchObject({ kind: 'localstack' });
  });

  test('aws takes the region and the credentials of the environment', async () => {
    environment({ BREAKWATER_TARGET: 'aws', AWS_REGION: 'eu-west-1' });
    const target = await open();
    expect(target).toMatchObject({ kind: 'aws', settings: { region: 'eu-west-1' } });
    expect(target.endpoint).toBeUndefined();
  });

  test.each([
    [{ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_REGION: 'eu-west-1' }, 'Unset one of them'],
    [{}, 'set AWS_REGION'],
  ])('aws with %j is refused', async (variables, message) => {
    environment({ BREAKWATER_TARGET: 'aws', ...variables });
    await expect(open()).rejects.toThrow(message);
  });
});
