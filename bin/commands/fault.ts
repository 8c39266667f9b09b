import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Fault, FaultDefinition, Misbehaviour, ProviderName, Sandbox } from '../../lib/sandbox/index.ts';

interface FaultOptions {
  readonly seconds?: number;
  readonly times?: number;
  readonly order?: string;
  readonly milliseconds: number;
  readonly json?: boolean;
}

const KINDS = ['down', 'error', 'slow', 'decline', 'lose-answer'] as const satisfies readonly Misbehaviour['kind'][];

const CLEAR = 'clear';

/** `breakwater fault`: what the sandbox's providers are made to do wrong. */
export const faultCommand = (root: string): Command =>
  new Command('fault')
    .summary('breaks a provider, or mends it')
    .description(
      'Makes a provider of the sandbox do wrong, in the emulator that runs here (or at AWS_ENDPOINT_URL). Without arguments, says what is set.',
    )
    .usage('[provider] [down|error|slow|decline|lose-answer] [options]\n       breakwater fault clear [provider]')
    .argument('[provider]', 'whom it strikes, such as payments; or clear')
    .argument(
      '[kind]',
      'down: 503 at once · error: 500, nothing done · slow: answers late · decline: says no · lose-answer: does it, then 504',
    )
    .addOption(new Option('--seconds <count>', 'mend it after so long').argParser(positive).conflicts('times'))
    .option('--times <count>', 'strike so many calls and no more', positive)
    .option('--order <id>', 'strike calls for this order only')
    .option('--milliseconds <count>', 'how late slow is', positive, 1_500)
    .option('--json', 'print the result for scripts')
    .addHelpText('after', '\nExample:\n  npm run breakwater -- fault payments down --seconds 10')
    .action((provider: string | undefined, kind: string | undefined, options: FaultOptions) =>
      changeFaults(root, { provider, kind }, options),
    );

async function changeFaults(root: string, { provider, kind }: Asked, options: FaultOptions): Promise<void> {
  const { findDependencies } = await import('../../lib/local/demonstration/index.ts');
  const providers = await findDependencies(root);
  const clears = provider === CLEAR;
  const concerned = clears ? kind : provider;
  if (concerned !== undefined && !providers.includes(concerned)) {
    throw new Error(`There is no provider "${concerned}"; the workflows here depend on ${providers.join(', ')}.`);
  }
  const definition = clears || provider === undefined ? undefined : faultOf(provider as ProviderName, kind, options);

  const { openRunningTarget } = await import('../../lib/local/index.ts');
  const { AppAccess } = await import('../../lib/local/access/index.ts');
  const { sandbox } = new AppAccess(await openRunningTarget(root));
  if (definition) await setFault(sandbox, definition, options);
  if (clears) {
    const cleared = (kind === undefined ? providers : [kind]) as readonly ProviderName[];
    await Promise.all(cleared.map((each) => sandbox.clearFaults(each)));
    if (!options.json) console.log(`${cleared.join(' and ')}: mended.`);
  }
  if (!options.json && provider !== undefined) return;
  const faults = await sandbox.readFaults(providers as readonly ProviderName[]);
  tellFaults(
    faults.filter(({ times }) => times === undefined || times > 0),
    options,
  );
}

interface Asked {
  readonly provider: string | undefined;
  readonly kind: string | undefined;
}

/** Holds the command while a fault lasts that is to be mended after a time, and mends it whatever ends the command. */
async function setFault(sandbox: Sandbox, definition: FaultDefinition, options: FaultOptions): Promise<void> {
  const { seconds } = options;
  const id = await sandbox.setFault(definition, `${definition.kind}${options.order ? `:${options.order}` : ''}`);
  if (seconds === undefined) {
    if (!options.json) {
      console.log(`${describe(definition)}. Mend it: npm run breakwater -- fault clear`);
    }
    return;
  }
  const { INTERRUPTED_CODE, listenForInterruption } = await import('../../lib/local/session/index.ts');
  const { signal } = listenForInterruption();
  if (!options.json) console.log(`${describe(definition)}, for ${seconds} s; Ctrl-C mends it at once.`);
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => {
    process.exitCode = INTERRUPTED_CODE;
  });
  await sandbox.removeFault(definition.provider, id);
  if (!options.json) console.log(`${definition.provider}: mended.`);
}

function tellFaults(faults: readonly Fault[], { json = false }: FaultOptions): void {
  if (json) console.log(JSON.stringify({ faults }));
  else if (faults.length === 0) console.log('Nothing is set: every provider does as it should.');
  else for (const fault of faults) console.log(describe(fault));
}

function faultOf(provider: ProviderName, kind: string | undefined, options: FaultOptions): FaultDefinition {
  if (kind === undefined || !isKind(kind)) {
    throw new Error(
      `What is wrong with ${provider}? ${kind ? `Received "${kind}"; it` : 'It'} is one of ${KINDS.join(', ')}.`,
    );
  }
  return {
    ...(kind === 'slow' ? { kind, milliseconds: options.milliseconds } : { kind }),
    provider,
    ...(options.times === undefined ? {} : { times: options.times }),
    ...(options.order === undefined ? {} : { orderId: options.order }),
  };
}

const isKind = (kind: string): kind is Misbehaviour['kind'] => (KINDS as readonly string[]).includes(kind);

/** `payments: down, 3 times more, for order k3f-01` */
function describe(fault: FaultDefinition | Fault): string {
  const { provider, kind, operation, times, orderId } = fault;
  const parts = [
    `${provider}: ${kind}${fault.kind === 'slow' ? ` by ${fault.milliseconds} ms` : ''}`,
    operation && `when asked for a ${operation}`,
    times !== undefined && `${times} ${times === 1 ? 'time' : 'times'}`,
    orderId && `for order ${orderId}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function positive(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= 86_400) return count;
  throw new InvalidArgumentError('a whole number from 1 to 86400');
}
