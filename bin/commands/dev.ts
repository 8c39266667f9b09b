import { join } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import { Command } from 'commander';
import type { DevelopmentEvent } from '../../lib/local/development/index.ts';

const HELP = `
What is saved in lambdas, state-machines, lib or bin goes live once it type-checks:
  a handler      its code is replaced, in a second or two
  a contract or workflow, an atom or workflow more or less
                 the app is deployed again, in some seconds, and what changed in the state machines is shown
  a test         is run
Then an ordinary order runs through. What is wrong is shown, and what was live stays.
On a terminal, o places an order, q ends. npm run breakwater -- order and fault work meanwhile.`;

/** `breakwater dev`: the app on an emulator, and every save live on it. */
export const devCommand = (root: string): Command =>
  new Command('dev')
    .summary('runs the app on this machine, and brings live what is saved')
    .description('Deploys the app to an emulator on this machine, stays up, and brings live what is saved.')
    .option('--json', 'print a line of JSON for each event, and nothing else')
    .addHelpText('after', HELP)
    .action(({ json = false }: { json?: boolean }) => dev(root, json));

async function dev(root: string, json: boolean): Promise<void> {
  const began = performance.now();
  // Loaded here, so that other commands and --help need not wait for it.
  const { INTERRUPTED_CODE, Interrupted, listenForInterruption } = await import('../../lib/local/session/index.ts');
  const interruption = listenForInterruption();
  const { bundle, inputsOf, openBundler } = await import('../../lib/constructs/bundle.ts');
  const { develop, Inbox, showEvent } = await import('../../lib/local/development/index.ts');
  const inbox = new Inbox();
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  const phase = (text: string): void =>
    say(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
  let quit = false;
  const keys = json
    ? undefined
    : readKeys({
        o: () => inbox.askForOrder(),
        q: () => {
          quit = true;
          interruption.interrupt();
        },
        'ctrl-c': interruption.interrupt,
      });
  try {
    await develop({
      root,
      inbox,
      signal: interruption.signal,
      tools: {
        ...{ bundle, openBundler, inputsOf },
        layoutScript: join(root, 'bin', 'layout.ts'),
        generateScript: join(root, 'scripts', 'generate.ts'),
        app: join(root, 'bin', 'app.ts'),
      },
      tell: (event) => {
        if (json) console.log(JSON.stringify(event));
        else for (const line of [...showEvent(event), ...waitingFor(event, keys !== undefined)]) console.log(line);
      },
      onPhase: (name) => phase(PHASES[name] ?? name),
      onInstall: (message) => phase(`  ${message}`),
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = quit ? 0 : INTERRUPTED_CODE;
  } finally {
    keys?.close();
  }
}

const PHASES: Readonly<Record<string, string>> = {
  emulator: 'starting the emulator',
  deploy: 'bundling, synthesising and deploying the app',
};

const waitingFor = ({ event }: DevelopmentEvent, withKeys: boolean): readonly string[] =>
  event === 'ready' ? [`waiting    for a save${withKeys ? '; o places an order, q ends' : ''}`] : [];

/** Single keys, where there is somebody to press them. */
function readKeys(actions: Readonly<Record<string, () => void>>): { close(): void } | undefined {
  const { stdin } = process;
  if (!stdin.isTTY) return undefined;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', (_, key: { readonly name?: string; readonly ctrl?: boolean }) => {
    // In raw mode Ctrl-C is a key like any other.
    const name = `${key.ctrl ? 'ctrl-' : ''}${key.name}`;
    if (Object.hasOwn(actions, name)) actions[name]?.();
  });
  return {
    close: () => {
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
