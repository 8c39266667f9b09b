import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bundle } from './bundle.ts';

jest.setTimeout(60_000);
const root = join(import.meta.dirname, '..', '..');
// Inside the project, so that packages are found.
mkdirSync(join(root, 'build'), { recursive: true });
const folder = mkdtempSync(join(root, 'build', 'lean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bundles a handler as deployment does. @returns the bundle's file */
async function bundled(name: string, source: string): Promise<string> {
  const bundles = await bundle({ entries: [{ name, source, folder: root }], into: folder, root });
  return join(bundles.get(name)?.folder ?? '', 'index.mjs');
}

/** What the handler gives, in a process with nothing but this environment. */
async function called(file: string, env: Record<string, string>): Promise<unknown> {
  const script = `const { handler } = await import(${JSON.stringify(file)});
    const given = await handler().catch(({ name, message }) => ({ name, message }));
    process.stdout.write(JSON.stringify(given ?? null));`;
  const args = ['--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { AWS_REGION: 'us-east-1', AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere', ...env },
  });
  return JSON.parse(stdout);
}

const FROM_LAMBDA = { AWS_ACCESS_KEY_ID: 'AKIALAMBDA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

describe('a client of a handler’s own, in a bundle', () => {
  let server: Server;
  let address = '';
  let file = '';
  beforeAll(async () => {
    // AWS, which answers with the key that the request was signed with; and where containers get their credentials.
    server = createServer((request, response) => {
      const [, key] = request.headers.authorization?.match(/Credential=(\w+)\//) ?? [];
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      const container = { AccessKeyId: 'AKIACONTAINER', SecretAccessKey: 's', Token: 't', Expiration: expiration };
      response.end(JSON.stringify(request.url === '/credentials' ? container : { TableNames: [key] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    file = await bundled(
      'own-client',
      `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
       import { fromIni } from '@aws-sdk/credential-provider-ini';
       const { OWN, PROFILE } = process.env;
       const settings = OWN ? { credentials: fromIni() } : PROFILE ? { profile: PROFILE } : {};
       const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT, ...settings });
       export const handler = async () => (await client.send(new ListTablesCommand())).TableNames;`,
    );
  });
  afterAll(() => {
    server.close();
  });

  test('has the credentials that Lambda puts into the environment', async () => {
    expect(await called(file, { ENDPOINT: address, ...FROM_LAMBDA })).toEqual(['AKIALAMBDA']);
  });

  test('has those that the environment names an address for', async () => {
    const env = { ENDPOINT: address, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${address}/credentials` };
    expect(await called(file, env)).toEqual(['AKIACONTAINER']);
  });

  test('has those of any other source that it is given', async () => {
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, '[default]\naws_access_key_id = AKIAOWN\naws_secret_access_key = s\n');
    const env = { ENDPOINT: address, OWN: 'yes', AWS_SHARED_CREDENTIALS_FILE: credentials, ...FROM_LAMBDA };
    expect(await called(file, env)).toEqual(['AKIAOWN']);
  });

  test.each([
    ['nothing is there', {}, 'There are no credentials.'],
    [
      'the environment names a profile',
      { AWS_PROFILE: 'team', ...FROM_LAMBDA },
      'The credentials of the profile "team" were asked for.',
    ],
    ['it names a profile', { PROFILE: 'mine' }, 'The credentials of the profile "mine" were asked for.'],
  ])('says what to do where %s', async (_, env, reason) => {
    const { name, message } = (await called(file, { ENDPOINT: address, ...env })) as { name: string; message: string };
    expect(name).toBe('CredentialsProviderError');
    expect(message).toContain(reason);
    expect(message).toContain('For any other source pass "credentials" to the client');
  });
});

describe('where a package sees its own dependencies alone', () => {
  /** A project with a client of AWS whose credential chain has these packages, and says `whole` if it is asked itself. */
  function project(...providers: readonly string[]): string {
    const place = mkdtempSync(join(tmpdir(), 'breakwater-strict-')); // nothing is found above it
    const client = join(place, 'node_modules/@aws-sdk/client-fake');
    const chain = join(client, 'node_modules/@aws-sdk/credential-provider-node');
    writePackage(chain, 'index.js', "export const defaultProvider = () => async () => 'whole';");
    writePackage(
      client,
      'dist-es/runtimeConfig.js',
      "export { defaultProvider } from '@aws-sdk/credential-provider-node';",
    );
    for (const name of providers) {
      const source = `export const from${name === 'env' ? 'Env' : 'Http'} = () => async () => '${name}';`;
      writePackage(join(chain, `node_modules/@aws-sdk/credential-provider-${name}`), 'index.js', source);
    }
    return place;
  }

  function writePackage(place: string, main: string, source: string): void {
    mkdirSync(dirname(join(place, main)), { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ type: 'module', module: main, version: '1.0.0' }));
    writeFileSync(join(place, main), source);
  }

  test.each([
    ['the chain is replaced by what it consists of', ['env', 'http'], 'env'],
    ['the chain stays whole if it consists of other packages', ['env'], 'whole'],
  ])('%s', async (_, providers, given) => {
    const place = project(...providers);
    const source = `import { defaultProvider } from '@aws-sdk/client-fake';
      export const handler = async () => defaultProvider()();`;
    const bundles = await bundle({ entries: [{ name: 'x', source, folder: place }], into: place, root: place });
    expect(await called(join(bundles.get('x')?.folder ?? '', 'index.mjs'), FROM_LAMBDA)).toBe(given);
  });
});

/** What tells of single sign-on, of roles to assume, of JMESPath and of a whole package.json. */
const LEFT_OUT = ['sso_session', 'AssumeRoleWithWebIdentity', 'JMESPathError', 'devDependencies'];

describe('a bundle', () => {
  test('has JMESPath for a handler that uses Powertools’ idempotency itself', async () => {
    const file = await bundled(
      'own-idempotency',
      `import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
       import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
       import { serve } from './lib/runtime/index.ts';
       class Layer extends BasePersistenceLayer {
         keys = []; async _putRecord({ idempotencyKey }) { this.keys.push(idempotencyKey); }
         async _updateRecord() {} async _deleteRecord() {} async _getRecord() {}
       }
       const persistenceStore = new Layer();
       const config = new IdempotencyConfig({ eventKeyJmesPath: 'order.id', lambdaContext: { getRemainingTimeInMillis: () => 1e3 } });
       const once = makeIdempotent(async () => {}, { persistenceStore, config });
       export const handler = async () => {
         for (const total of [1, 2]) await once({ order: { id: 'o-1', total } });
         return { serve: typeof serve, keys: new Set(persistenceStore.keys).size };
       };`,
    );
    expect(await called(file, {})).toEqual({ serve: 'function', keys: 1 });
  });

  test.each([
    ['a transaction', 'lambdas/orders/reserve-inventory', 400_000],
    ['an atom that calls a provider', 'lambdas/orders/charge-payment', 400_000],
  ])('of %s holds nothing that a Lambda never uses', async (_, atom, bytes) => {
    const file = await bundled('atom', `export { handler } from './${atom}/handler.ts';`);
    const code = readFileSync(file, 'utf8');
    expect(LEFT_OUT.filter((text) => code.includes(text))).toEqual([]);
    expect(code.includes('TransactWriteItems')).toBe(true);
    expect(code.length).toBeLessThan(bytes);
  });
});
