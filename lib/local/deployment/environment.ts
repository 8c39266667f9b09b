import type { EndpointKind } from '../emulator/index.ts';

/** The account and region that emulators have when nothing else is said. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** Emulators take any; what is not checked must not look like a secret. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** What leads a tool to a real account. None of it may reach one that is meant for an emulator. */
const REAL_ACCOUNT = /^(AWS_|CDK_)/;

/** The environment in which CDK's tool and the app talk to an emulator, whatever account this shell is signed in to. */
export const environmentFor = (endpoint: string, kind: EndpointKind): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || REAL_ACCOUNT.test(name) ? [] : [[name, value]],
    ),
  ),
  AWS_ENDPOINT_URL: endpoint,
  // LocalStack tells buckets by host name, and this one always leads to this machine.
  ...(kind === 'localstack' ? { AWS_ENDPOINT_URL_S3: s3Endpoint(endpoint) } : {}),
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DEFAULT_ACCOUNT: ACCOUNT,
  CDK_DEFAULT_REGION: REGION,
  // Nothing that needs the internet: no look at the newest version, no notices, no telemetry.
  CDK_DISABLE_VERSION_CHECK: '1',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  ...pastAnyProxy(endpoint),
});

/** CDK's tool asks a proxy of the environment for everything, this machine included, unless it is told not to. */
function pastAnyProxy(endpoint: string): Record<string, string> {
  const hosts = [process.env.NO_PROXY ?? process.env.no_proxy, new URL(endpoint).hostname, '127.0.0.1', 'localhost'];
  const list = hosts.filter(Boolean).join(',');
  return { NO_PROXY: list, no_proxy: list };
}

const s3Endpoint = (endpoint: string): string => {
  const { port } = new URL(endpoint);
  return `http://s3.localhost.localstack.cloud${port ? `:${port}` : ''}`;
};
