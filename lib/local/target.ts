import { join } from 'node:path';
import { type Emulator, identifyEndpoint, startEmulator } from './emulator/index.ts';

/** Where the app is deployed to. */
export type TargetKind = 'emulator' | 'localstack' | 'aws';

/** One place to deploy to and to talk to. The same code and the same tests run against each. */
export interface Target {
  readonly kind: TargetKind;
  /** Left out for AWS itself. */
  readonly endpoint?: string;
  /** What every AWS client is made with. */
  readonly settings: ClientSettings;
  /** The emulator, where this process runs it. */
  readonly emulator?: Emulator;
  /** Ends what this process started. */
  close(): Promise<void>;
}

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Requests at a time over one client. */
  readonly requestHandler?: {
    readonly httpsAgent?: { readonly maxSockets: number };
    readonly httpAgent?: { readonly maxSockets: number };
  };
}

/** What was asked for can't be had. The message says what to set. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

export interface TargetOptions {
  /** The project's folder. */
  readonly root: string;
  /** Left out, `BREAKWATER_TARGET`, else what `AWS_ENDPOINT_URL` points at, else an emulator of this process's own. */
  readonly kind?: string;
  /** A log of its own for an emulator beside another one. */
  readonly logFile?: string;
  readonly onProgress?: (message: string) => void;
  /** Where something answers already. Left out, `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string;
  /** Ends it in the middle, and leaves nothing. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a target, and starts the emulator if it is to be one of our own.
 * @throws TargetError, EmulatorError
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const endpoint = options.endpoint ?? process.env.AWS_ENDPOINT_URL;
  const kind = options.kind ?? process.env.BREAKWATER_TARGET ?? (endpoint ? 'endpoint' : 'emulator');
  switch (kind) {
    case 'emulator':
      return ownEmulator(options);
    case 'endpoint':
    case 'localstack':
      return atEndpoint(endpoint);
    case 'aws':
      return onAws(endpoint);
    default:
      throw new TargetError(`The target is "${kind}"; it is one of emulator, localstack, aws.`);
  }
}

/** Where an emulator of this project's own keeps its log; its pid file lies beside it. */
export const emulatorLogOf = (root: string): string => join(root, '.breakwater', 'emulator.log');

async function ownEmulator({ root, logFile, onProgress, signal }: TargetOptions): Promise<Target> {
  const emulator = await startEmulator({
    logFile: logFile ?? emulatorLogOf(root),
    projectRoot: root,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  return {
    kind: 'emulator',
    endpoint: emulator.endpoint,
    settings: settingsFor(emulator.endpoint),
    emulator,
    close: () => emulator.stop(),
  };
}

async function atEndpoint(endpoint: string | undefined): Promise<Target> {
  if (!endpoint)
    throw new TargetError('Set AWS_ENDPOINT_URL to where LocalStack answers, such as http://localhost:4566.');
  const found = await identifyEndpoint(endpoint);
  if (found === 'unreachable')
    throw new TargetError(`Nothing answers at AWS_ENDPOINT_URL ${endpoint}. Start it, or unset the variable.`);
  if (found === 'aws')
    throw new TargetError(
      `AWS_ENDPOINT_URL ${endpoint} is neither LocalStack nor MiniStack. Unset it, or set BREAKWATER_TARGET=aws.`,
    );
  const kind = found === 'ministack' ? 'emulator' : 'localstack';
  return { kind, endpoint, settings: settingsFor(endpoint), close: async () => {} };
}

/** A real account costs real money, so it is never chosen by default. */
function onAws(endpoint: string | undefined): Target {
  if (endpoint) throw new TargetError(`The target is aws, and AWS_ENDPOINT_URL is ${endpoint}. Unset one of them.`);
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!region) throw new TargetError('The target is aws: set AWS_REGION, and credentials as the AWS SDK finds them.');
  return { kind: 'aws', settings: { region }, close: async () => {} };
}

const settingsFor = (endpoint: string): ClientSettings => ({
  region: 'us-east-1',
  endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: { httpAgent: { maxSockets: 100 } },
});
