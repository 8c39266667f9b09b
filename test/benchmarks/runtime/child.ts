import { type ChildProcess, execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundled } from './bundles.ts';
import type { Asked, Measured } from './worker.ts';

const here = import.meta.dirname;

/** AWS, in a process of its own. */
export interface PlayedAws {
  readonly port: number;
  readonly daemon: number;
  /** How many calls it has answered. */
  calls(): Promise<number>;
  stop(): void;
}

export async function playAws(): Promise<PlayedAws> {
  const child = start('aws-server.ts', [], process.env);
  const { port, daemon } = await next<{ port: number; daemon: number }>(child);
  return {
    port,
    daemon,
    calls: async () => (await ask<{ calls: number }>(child, 'calls')).calls,
    stop: () => child.disconnect(),
  };
}

/** One subject's process. */
export interface Worker {
  readonly bundled: Bundled;
  measure(asked: Asked): Promise<Measured>;
  stop(): void;
}

export async function startWorker(bundled: Bundled, aws: PlayedAws): Promise<Worker> {
  const child = start('worker.ts', [bundled.file, bundled.subject.message], environmentOf(bundled, aws));
  await next(child);
  return { bundled, measure: (asked) => ask<Measured>(child, asked), stop: () => child.disconnect() };
}

/** Milliseconds. */
export async function importTime(bundled: Bundled, aws: PlayedAws): Promise<number> {
  const args = [join(here, 'import-time.ts'), bundled.file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environmentOf(bundled, aws) });
  return Number(stdout);
}

/** What a function finds in its environment on Lambda. */
const environmentOf = ({ subject }: Bundled, { port, daemon }: PlayedAws): NodeJS.ProcessEnv => ({
  // As lib/constructs deploys it; the hand-written stack has no source map.
  ...(subject.message === 'envelope' ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token'.repeat(150),
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_LAMBDA_FUNCTION_NAME: 'hold-stock',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon}`,
  AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
  LAMBDA_TASK_ROOT: here,
  _HANDLER: 'index.handler',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  POWERTOOLS_SERVICE_NAME: 'orders',
  POWERTOOLS_METRICS_NAMESPACE: 'Orders',
  RECORDS_TABLE: 'records',
  IDEMPOTENCY_TABLE: 'idempotency',
  HOLDS_TABLE: 'holds',
});

/** What it logs goes nowhere, as fast for one as for another. */
const start = (file: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  fork(join(here, file), args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

function ask<T>(child: ChildProcess, what: object | string): Promise<T> {
  child.send(what);
  return next<T>(child);
}

function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${child.spawnargs[1]} ended with ${code}.`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}
