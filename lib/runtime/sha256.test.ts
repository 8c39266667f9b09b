import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, jest, test } from '@jest/globals';
import { Sha256 } from './sha256.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function digest(chunks: readonly (string | Uint8Array)[], secret?: string | Uint8Array): Promise<string> {
  const sha256 = new Sha256(secret);
  for (const chunk of chunks) sha256.update(chunk);
  return hex(await sha256.digest());
}

describe('the SHA-256 of the signer', () => {
  test.each<readonly [string, readonly (string | Uint8Array)[]]>([
    ['nothing', []],
    ['a text', ['snowman ☃']],
    ['bytes out of the middle of a buffer', [Buffer.from('abcdef').subarray(2, 4)]],
    ['several pieces', ['a', Buffer.from('b'), 'c']],
  ])('of %s is Node’s, with a key and without', async (_, chunks) => {
    const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
    expect(await digest(chunks)).toBe(createHash('sha256').update(whole).digest('hex'));
    for (const secret of ['secret', Buffer.from('bytes')]) {
      expect(await digest(chunks, secret)).toBe(createHmac('sha256', secret).update(whole).digest('hex'));
    }
  });

  test('forgets what it was given when it is reset', async () => {
    const sha256 = new Sha256();
    sha256.update('before');
    sha256.reset();
    sha256.update('after');
    expect(hex(await sha256.digest())).toBe(createHash('sha256').update('after').digest('hex'));
  });

  test('keeps apart more secrets than it remembers', async () => {
    const secrets = Array.from({ length: 120 }, (_, index) => `secret ${index}`);
    const digests = await Promise.all(secrets.map((secret) => digest(['x'], secret)));
    expect(digests).toEqual(secrets.map((secret) => createHmac('sha256', secret).update('x').digest('hex')));
  });

  test('signs a request as the SDK’s own does', async () => {
    jest.useFakeTimers({
      now: 1_700_000_000_000,
      doNotFake: ['nextTick', 'queueMicrotask', 'setTimeout', 'setImmediate'],
    });
    const [ours, theirs] = [await signature({ sha256: Sha256 }), await signature({})];
    jest.useRealTimers();
    expect(ours).toMatch(/Signature=[0-9a-f]{64}$/);
    expect(ours).toBe(theirs);
  });
});

/** What a client writes into the header `authorization`. */
async function signature(settings: object): Promise<string | undefined> {
  let authorization: string | undefined;
  const handle = async ({ headers }: { headers: Record<string, string> }): Promise<object> => {
    authorization = headers.authorization;
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
  };
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    requestHandler: { handle } as never,
    ...settings,
  });
  // Each call has an id of its own, which is signed.
  client.middlewareStack.addRelativeTo(
    ((next: (args: Signed) => unknown) => (args: Signed) => {
      delete args.request.headers['amz-sdk-invocation-id'];
      return next(args);
    }) as never,
    { relation: 'before', toMiddleware: 'httpSigningMiddleware' },
  );
  await client.send(new ListTablesCommand({}));
  return authorization;
}

interface Signed {
  readonly request: { readonly headers: Record<string, string> };
}
