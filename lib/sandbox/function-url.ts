import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DynamoDbFaults } from './dynamodb/faults.ts';
import { DynamoDbLedger } from './dynamodb/ledger.ts';
import type { ProviderAnswer, ProviderRequest } from './http.ts';
import { type Clock, Provider, type ProviderDefinition } from './provider.ts';

/** A Lambda behind a function URL (payload format 2.0). */
export type FunctionUrlHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** Plays a provider on tables named by LEDGER_TABLE and FAULTS_TABLE, for callers who send API_KEY. */
export function serveProvider(definition: ProviderDefinition): FunctionUrlHandler {
  // One attempt: an SDK that tries again after a lost answer would count a call twice.
  const client = new DynamoDBClient({ maxAttempts: 1 });
  const provider = new Provider(definition, {
    ledger: new DynamoDbLedger(client, environment('LEDGER_TABLE'), definition.name),
    faults: new DynamoDbFaults(client, environment('FAULTS_TABLE'), definition.name),
    apiKey: environment('API_KEY'),
    clock: realClock,
  });
  return async (event) => toResult(await provider.handle(toRequest(event)));
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

export const toRequest = (event: APIGatewayProxyEventV2): ProviderRequest => ({
  method: event.requestContext.http.method,
  path: event.rawPath,
  headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString('utf8'),
});

export const toResult = ({ status, headers, body }: ProviderAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing: the sandbox stack sets it.`);
  return value;
}
