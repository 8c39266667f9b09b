import { Command, InvalidArgumentError } from 'commander';
import type { Session } from '../../lib/local/session/index.ts';
import type { View } from '../../lib/local/show/index.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly keep?: boolean;
  readonly orders: number;
  readonly workflow?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `breakwater start`: the emulator, the app deployed to it, and orders through it. */
export const startCommand = (root: string): Command =>
  new Command('start')
    .summary('runs the app and orders on this machine')
    .description(
      'Deploys the app to an emulator on this machine, runs orders through it, and accounts for them. Then it stays up until Ctrl-C; on a terminal, keys place orders and break the payment provider.',
    )
    .option('--orders <count>', 'how many orders', positive, 40)
    .option('--workflow <name>', 'the one to show; left out, the first with a demonstration.ts')
    .option('--once', 'stop everything after the orders')
    .option('--keep', 'end after the orders and leave the emulator running, until `breakwater down`')
    .option('--verbose', 'plain lines, with what takes long in detail')
    .option('--json', 'plain lines, and a last one for scripts')
    .action((options: StartOptions) => start(root, options));

async function start(
  root: string,
  { once = false, keep = false, orders, workflow, json = false, verbose = false }: StartOptions,
): Promise<void> {
  if (once && keep)
    throw new Error('--once stops everything after the orders, --keep leaves it running: give one of them.');
  const began = performance.now();
  // Loaded here, so that other commands and --help need not wait for it.
  const { listenForInterruption, Session } = await import('../../lib/local/session/index.ts');
  const { hasColour, isScreen, plainView, terminalView } = await import('../../lib/local/show/index.ts');
  const interruption = listenForInterruption();
  const { stdout, stdin } = process;
  const colour = hasColour(stdout, process.env);
  const live = isScreen(stdout, process.env) && !json && !verbose;
  let session: Session | undefined;
  const view = live
    ? await terminalView({ stdout, stdin, colour, began, onKey: (key) => session?.press(key) })
    : plainView({ write: (text) => stdout.write(text), colour, elapsed: () => performance.now() - began, verbose });
  session = new Session({
    root,
    orders,
    ...(workflow ? { workflow } : {}),
    after: once ? 'stop' : keep ? 'keep' : 'stay',
    view,
    live,
    interruption,
    began,
    onReport: (report) => {
      if (json) view.tell({ kind: 'report', report });
    },
  });
  process.exitCode = await outcomeOf(session, view);
}

/** The exit code, once the terminal is given back. @throws what went wrong */
async function outcomeOf(session: Session, view: View): Promise<number> {
  const { INTERRUPTED_CODE, Interrupted } = await import('../../lib/local/session/index.ts');
  try {
    return (await session.run()) ? 0 : 1;
  } catch (error) {
    const failed = !(error instanceof Interrupted);
    view.tell({ kind: 'halt', failed, at: performance.now() });
    if (failed) throw error;
    view.tell({ kind: 'note', text: 'Interrupted; nothing is left running.' });
    return INTERRUPTED_CODE;
  } finally {
    await view.close();
  }
}

function positive(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= 1_000) return count;
  throw new InvalidArgumentError('a whole number from 1 to 1000');
}
