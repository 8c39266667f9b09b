import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { clients } from './clients.ts';

const AUTHORIZED =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/([\w-]+)\/dynamodb\/aws4_request, SignedHeaders=[\w;-]+, Signature=[0-9a-f]{64}$/;
const saved = { ...process.env };
let requests: { readonly headers: Readonly<Record<string, string>> }[] = [];

beforeEach(() => {
  requests = [];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  });
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) delete process.env[name];
  const { config } = clients.dynamoDB();
  jest.spyOn(config.requestHandler, 'handle').mockImplementation(async (request) => {
    requests.push(request as never);
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{"TableNames":["a"]}') } as never };
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...saved };
});

const call = () => clients.dynamoDB().send(new ListTablesCommand({}));

test('a client that could not sign for want of a region signs once there is one, each request by itself', async () => {
  const { signer } = clients.dynamoDB().config;
  await expect(call()).rejects.toThrow('Region is missing');
  await expect(signer()).rejects.toThrow('Region is missing');
  process.env.AWS_REGION = 'eu-west-1';
  expect(await signer()).toBe(await signer());
  expect((await call()).TableNames).toEqual(['a']);
  await call();
  const authorized = requests.map(({ headers }) => AUTHORIZED.exec(headers.authorization ?? ''));
  expect(authorized.map((found) => found?.slice(1))).toEqual([
    ['AKIA', 'eu-west-1'],
    ['AKIA', 'eu-west-1'],
  ]);
  expect(requests[0]?.headers.authorization).not.toBe(requests[1]?.headers.authorization);
});

test('nothing is logged of a call, and warnings are heard', async () => {
  const { logger } = clients.dynamoDB().config;
  expect(logger.info).toBeUndefined();
  expect(logger.warn).toBe(console.warn);
});
