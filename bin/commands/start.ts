import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  accountLine,
  type Demonstration,
  type DemonstrationResult,
  orderLine,
  runDemonstration,
} from '../../lib/local/demonstration/index.ts';
import { type Launched, launch } from '../../lib/local/index.ts';
import { discover } from '../../lib/stacks/index.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly orders: number;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `breakwater start`: the emulator, the app deployed to it, and orders through it. */
export const startCommand = (root: string): Command =>
  new Command('start')
    .description('Deploys the app to an emulator on this machine and runs orders through it.')
    .option('--once', 'stop everything after the orders')
    .option('--orders <count>', 'how many orders', positive, 20)
    .option('--verbose', 'say what takes long in detail')
    .option('--json', 'print a last line for scripts')
    .action((options: StartOptions) => start(root, options));

async function start(
  root: string,
  { once = false, orders, json = false, verbose = false }: StartOptions,
): Promise<void> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`.padStart(8);
  const say = (line: string): void => console.log(line);
  const interrupted = untilInterrupted();

  const demonstration = await findDemonstration(root);
  const types = checkTypes(root);
  const launching = launch({
    root,
    onPhase: (name) => say(`${seconds()}  ${PHASES[name] ?? name}`),
    onInstall: (message) => say(`${seconds()}    ${message}`),
    onProgress: (message) => {
      if (verbose) say(`${seconds()}    ${message}`);
    },
  });
  const launched = await Promise.race([launching, interrupted]);
  if (!launched) {
    await launching.then(({ target }) => target.close()).catch(() => undefined);
    return;
  }
  try {
    say(`${seconds()}  deployed to ${launched.target.endpoint ?? 'AWS'}`);
    const mistakes = await types;
    if (mistakes) throw new Error(`The project does not type-check:\n${mistakes}`);
    await demonstration.seed(launched.app);
    say(`${seconds()}  ${orders} orders\n`);
    const running = runDemonstration({
      app: launched.app,
      demonstration,
      orders,
      onOrder: (order) => say(orderLine(order)),
    });
    running.catch(() => undefined);
    const result = await Promise.race([running, interrupted, died(launched)]);
    if (!result) return;
    tell(result, say, { root, launched, total: (performance.now() - began) / 1_000, json });
    if (!result.right) process.exitCode = 1;
    if (!once) {
      say('\nIt stays up until you press Ctrl-C.');
      await Promise.race([interrupted, died(launched)]);
    }
  } finally {
    await launched.target.close();
  }
}

/** Runs beside the deployment: a wrong field in a workflow is cheaper to read about here than from a failed order. */
function checkTypes(root: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFile(process.execPath, [tsc, '--noEmit', '--pretty', 'false'], { cwd: root }, (error, output) => {
      resolve(error ? output.split('\n').slice(0, 10).join('\n').trim() || error.message : undefined);
    });
  });
}

const PHASES: Readonly<Record<string, string>> = {
  emulator: 'starting the emulator',
  deploy: 'bundling, synthesising and deploying the app',
};

function tell(
  result: DemonstrationResult,
  say: (line: string) => void,
  { root, launched, total, json }: { root: string; launched: Launched; total: number; json: boolean },
): void {
  const { account, right, firstFulfilledMs } = result;
  const ends = Object.fromEntries(
    [...Map.groupBy(result.orders, ({ end }) => end)].map(([end, those]) => [end, those.length]),
  );
  const sentTwice = result.orders.filter(({ order }) => order.sent > 1).length;
  say(
    `\n${Object.entries(ends)
      .map(([end, count]) => `${count} ${end}`)
      .join(', ')}${sentTwice ? `; ${sentTwice} sent twice, started once` : ''}`,
  );
  for (const line of account) say(accountLine(line));
  say(right ? '\nEverything ended as it should.' : '\nSomething did not end as it should.');
  const phases = Object.entries(launched.phases).map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} s`);
  say(
    `${phases.join(', ')}, first order fulfilled after ${((firstFulfilledMs ?? 0) / 1_000).toFixed(1)} s, ${total.toFixed(1)} s in all`,
  );
  if (launched.target.emulator) say(`log: ${relative(root, launched.target.emulator.logFile)}`);
  if (json) {
    say(
      JSON.stringify({
        right,
        phases: Object.fromEntries(Object.entries(launched.phases).map(([name, ms]) => [name, Math.round(ms)])),
        firstFulfilledMs: firstFulfilledMs === undefined ? null : Math.round(firstFulfilledMs),
        totalMs: Math.round(total * 1_000),
        ends,
        account: account.map(({ name, expected, found }) => ({ name, expected, found })),
      }),
    );
  }
}

/** The `demonstration.ts` beside a workflow. */
async function findDemonstration(root: string): Promise<Demonstration> {
  const found = discover(root)
    .workflows.map(({ file }) => join(file, '..', 'demonstration.ts'))
    .find((file) => existsSync(file));
  if (!found) {
    throw new Error(
      'No workflow has a demonstration.ts beside it, so there is nothing to show. `npx cdk deploy --all` deploys the app.',
    );
  }
  const { demonstration } = (await import(found)) as { demonstration: Demonstration };
  return demonstration;
}

/** Settles when somebody asks the process to end. */
function untilInterrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.exitCode = 130;
        resolve(undefined);
      });
    }
  });
}

/** Fails when the emulator ends by itself. */
async function died({ target }: Launched): Promise<never> {
  const exit = await (target.emulator?.exited ?? new Promise<never>(() => {}));
  throw new Error(
    `The emulator ended unexpectedly (${exit.signal ?? exit.code}). Its log is ${target.emulator?.logFile}; run the same command again.`,
  );
}

function positive(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= 1_000) return count;
  throw new InvalidArgumentError('a whole number from 1 to 1000');
}
