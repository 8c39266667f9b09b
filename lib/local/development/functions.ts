import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import type { ClientSettings } from '../target.ts';
import type { Code } from './bundles.ts';
import { Refused } from './errors.ts';
import type { LaidOutFunction } from './layout.ts';
import { zip } from './zip.ts';

/** The alias that everything calls; see `LiveFunction`. */
const LIVE = 'live';

/** A batch without messages. */
const NOTHING_TO_DO = { Records: [] };

const LOOK_MS = 30;
const PATIENCE_MS = 30_000;

/** The deployed Lambdas, whose code is replaced behind their alias `live`. */
export class Functions {
  readonly #client: LambdaClient;
  /** Versions that were published here, by function, the newest last. */
  readonly #published = new Map<string, string[]>();

  constructor(settings: ClientSettings) {
    this.#client = new LambdaClient(settings);
  }

  /** Gives a function other code, which nobody is sent to yet. */
  async load({ functionName }: LaidOutFunction, code: Code): Promise<void> {
    await this.#client.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile: zip(code.files) }));
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(LOOK_MS)) {
      const { LastUpdateStatus, LastUpdateStatusReason } = await this.#client.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      );
      if (LastUpdateStatus === 'Failed') throw new Refused(`${functionName}: ${LastUpdateStatusReason}`);
      if (LastUpdateStatus !== 'InProgress') return;
    }
    throw new Refused(`${functionName} was still being updated after ${PATIENCE_MS / 1_000} s.`);
  }

  /**
   * Publishes the code that was loaded, and has it run once where that does nothing: a worker is up, and it is this
   * version's.
   * @throws Refused for code that can't be started
   */
  async publish({ functionName, takesBatches }: LaidOutFunction): Promise<string> {
    const { Version: version = '' } = await this.#client.send(
      new PublishVersionCommand({ FunctionName: functionName }),
    );
    try {
      if (takesBatches) await this.#start(functionName, version);
    } catch (error) {
      await this.#forget(functionName, version);
      throw error;
    }
    this.#published.set(functionName, [...(this.#published.get(functionName) ?? []), version]);
    return version;
  }

  /** Sends everybody to a version. The one before it stays for what is still running; older ones end. */
  async pointTo({ functionName }: LaidOutFunction, version: string): Promise<void> {
    await this.#client.send(
      new UpdateAliasCommand({ FunctionName: functionName, Name: LIVE, FunctionVersion: version }),
    );
    const published = this.#published.get(functionName) ?? [];
    const gone = published.slice(0, -2);
    this.#published.set(functionName, published.slice(-2));
    for (const each of gone) await this.#forget(functionName, each);
  }

  async #start(functionName: string, version: string): Promise<void> {
    const { ExecutedVersion, FunctionError, Payload } = await this.#client.send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: version, Payload: JSON.stringify(NOTHING_TO_DO) }),
    );
    if (FunctionError) {
      const { errorMessage = FunctionError } = JSON.parse(Buffer.from(Payload ?? []).toString() || '{}');
      throw new Refused(`${functionName} does not start: ${errorMessage}`);
    }
    if (ExecutedVersion !== undefined && ExecutedVersion !== version) {
      throw new Refused(`${functionName}: version ${version} was called, and ${ExecutedVersion} answered.`);
    }
  }

  /** A version keeps a process of 60 MB. One that can't be deleted has been taken over by a deployment. */
  async #forget(functionName: string, version: string): Promise<void> {
    await this.#client
      .send(new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version }))
      .catch(() => undefined);
  }
}
