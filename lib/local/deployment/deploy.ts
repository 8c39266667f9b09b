import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type EndpointKind, identifyEndpoint } from '../emulator/index.ts';
import { type AssemblyStack, readStacks } from './assembly.ts';
import { appCommand, bootstrapCommand, deployCommand } from './cdk-tool.ts';
import { type Command, run } from './command.ts';
import { ACCOUNT, CREDENTIALS, environmentFor, REGION } from './environment.ts';
import { NoEmulator } from './errors.ts';
import { isBootstrapped } from './toolkit-stack.ts';

export interface DeployOptions {
  /** Where the emulator answers, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Everything that the tools say, emptied at each deployment. */
  readonly logFile: string;
  /** Shortens every time for tests; see `scaled`. Left out, 1. */
  readonly timeScale?: number;
  /** More of the app's context. Left out, what cdk.json says. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Stacks at a time. Left out, eight: an emulator has no quotas. */
  readonly concurrency?: number;
  /** Where cdk.json lies. Left out, the working directory. */
  readonly projectRoot?: string;
  /** Told of each phase and each finished stack, in words. Left out, nobody. */
  readonly onProgress?: (message: string) => void;
  /** Told the same as data, and of beginnings too. Left out, nobody. */
  readonly onStep?: (step: DeploymentStep) => void;
  /** Ends it in the middle. */
  readonly signal?: AbortSignal;
}

/** The parts of a deployment. Synthesis and bootstrap run side by side, the stacks after both. */
export type DeploymentPart = 'synthesis' | 'bootstrap' | 'stacks';

/** Something that a deployment has begun or done. */
export type DeploymentStep =
  | { readonly kind: 'began'; readonly part: 'synthesis' | 'bootstrap' }
  | { readonly kind: 'began'; readonly part: 'stacks'; readonly stacks: readonly AssemblyStack[] }
  | { readonly kind: 'stack'; readonly name: string }
  | { readonly kind: 'ended'; readonly part: DeploymentPart; readonly milliseconds: number };

/** What a deployment took, in milliseconds. Synthesis and bootstrap run side by side. */
export interface Deployment {
  readonly synthesis: number;
  /** Near zero where it had been done before. */
  readonly bootstrap: number;
  readonly deploy: number;
  readonly total: number;
  readonly stacks: readonly string[];
}

/**
 * Deploys the app, as it is, to an emulator, with CDK's own tool.
 *
 * @example
 * await deploy({ endpoint: emulator.endpoint, logFile: '.breakwater/deploy.log', timeScale: 0.05 });
 * @throws NoEmulator if nothing answers at the endpoint, or AWS does
 * @throws DeploymentFailed with the tool's last lines
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { onProgress = () => undefined, onStep = () => undefined } = options;
  const root = resolve(options.projectRoot ?? '.');
  const endpoint = options.endpoint.replace(/\/$/, '');
  const kind = await identifyEndpoint(endpoint);
  const target = targetOf(endpoint, kind);
  const logFile = resolve(options.logFile);
  await mkdir(dirname(logFile), { recursive: true });
  await writeFile(logFile, '');

  const environment = environmentFor(endpoint, kind);
  const shared: Omit<Command, 'phase' | 'arguments'> = {
    directory: root,
    environment,
    logFile,
    ...(options.signal ? { signal: options.signal } : {}),
  };
  // One folder an endpoint: emulators side by side don't deploy each other's app.
  const assembly = join(root, 'build', 'assemblies', new URL(endpoint).host.replace(':', '-'));
  const started = Date.now();
  const timed = async (part: DeploymentPart, work: () => Promise<void>): Promise<number> => {
    const began = Date.now();
    await work();
    const milliseconds = Date.now() - began;
    onStep({ kind: 'ended', part, milliseconds });
    return milliseconds;
  };

  const synthesise = async () => {
    onStep({ kind: 'began', part: 'synthesis' });
    await rm(assembly, { recursive: true, force: true });
    const context = { ...UNCHECKED, ...options.context, timeScale: options.timeScale ?? 1, target };
    const app = await appCommand(root, context);
    const appEnvironment = { ...environment, ...app.environment, CDK_OUTDIR: assembly };
    const tellLeftOut = (line: string) => {
      if (line.startsWith('Left out')) onProgress(line);
    };
    const command = { arguments: app.arguments, environment: appEnvironment, onLine: tellLeftOut };
    await run({ ...shared, phase: 'synthesise the app', ...command });
    onProgress('Synthesised the app');
  };
  const bootstrap = async () => {
    onStep({ kind: 'began', part: 'bootstrap' });
    if (await isBootstrapped(new CloudFormationClient({ endpoint, region: REGION, credentials: CREDENTIALS }))) return;
    // Away from cdk.json, or the tool would look at the app too.
    const command = bootstrapCommand(`aws://${ACCOUNT}/${REGION}`);
    await run({ ...shared, phase: 'bootstrap the account', arguments: command, directory: dirname(logFile) });
    onProgress('Bootstrapped the account');
  };
  const [synthesis, bootstrapped] = await both(timed('synthesis', synthesise), timed('bootstrap', bootstrap));

  const stacks: string[] = [];
  const deployStacks = async () => {
    onStep({ kind: 'began', part: 'stacks', stacks: await readStacks(assembly) });
    await run({
      ...shared,
      phase: 'deploy the app',
      arguments: deployCommand(assembly, options.concurrency ?? 8),
      onLine: (line) => {
        const stack = /^\s*✅\s+(\S+)/.exec(line)?.[1];
        if (!stack) return;
        stacks.push(stack);
        onProgress(`Deployed ${stack}`);
        onStep({ kind: 'stack', name: stack });
      },
    });
  };
  const deployed = await timed('stacks', deployStacks);
  return { synthesis, bootstrap: bootstrapped, deploy: deployed, total: Date.now() - started, stacks };
}

/** CDK's own check of the templates takes longer than making them. They are AWS's, and checked for AWS. */
const UNCHECKED = { '@aws-cdk/core:validateAgainstDefaultRules': false };

function targetOf(endpoint: string, kind: EndpointKind): 'emulator' | 'localstack' {
  if (kind === 'ministack') return 'emulator';
  if (kind === 'localstack') return 'localstack';
  throw new NoEmulator(endpoint, kind);
}

/** Waits for both even if one fails: nothing may still run when the caller hears of the failure. */
async function both(...work: readonly [Promise<number>, Promise<number>]): Promise<readonly [number, number]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
