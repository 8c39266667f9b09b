import { join } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import { Command } from 'commander';
import { bundle, inputsOf, openBundler } from '../../lib/constructs/bundle.ts';
import { type DevelopmentEvent, develop, Inbox, showEvent } from '../../lib/local/development/index.ts';

const HELP = `
What is saved in lambdas, state-machines, lib or bin goes live as it is saved, once it type-checks:
  a handler      its code is replaced: a second or two
  a contract or workflow, an atom or workflow more or less
                 the app is deployed again: some seconds; what changed in the state machines is shown
  a test         is run
Then an ordinary order runs through. What is wrong is shown, and what was live stays.
On a terminal, o places an order, q ends.`;

/** `breakwater dev`: the app on an emulator, and every save live on it. */
export const devCommand = (root: string): Command =>
  new Command('dev')
    .description('Deploys the app to an emulator on this machine, stays up, and brings live what you save.')
    .option('--json', 'print a line of JSON for each event, and nothing else')
    .addHelpText('after', HELP)
    .action(({ json = false }: { json?: boolean }) => dev(root, json));

async function dev(root: string, json: boolean): Promise<void> {
  const began = performance.now();
  const interrupted = new AbortController();
  const inbox = new Inbox();
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  const phase = (text: string): void =>
    say(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}`);

  // A terminal sends Ctrl-C to every process, and some pass it on: it may come more than once.
  const end = (exitCode: number): void => {
    process.exitCode = exitCode;
    interrupted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(130));
  const keys = json ? undefined : readKeys({ o: () => inbox.askForOrder(), q: () => end(0), 'ctrl-c': () => end(130) });
  try {
    await develop({
      root,
      inbox,
      signal: interrupted.signal,
      tools: {
        ...{ bundle, openBundler, inputsOf },
        layoutScript: join(root, 'bin', 'layout.ts'),
        app: join(root, 'bin', 'app.ts'),
      },
      tell: (event) => {
        if (json) console.log(JSON.stringify(event));
        else for (const line of linesOf(event, keys !== undefined)) console.log(line);
      },
      onPhase: (name) => phase(PHASES[name] ?? name),
      onInstall: (message) => phase(`  ${message}`),
    });
  } finally {
    keys?.close();
  }
}

const PHASES: Readonly<Record<string, string>> = {
  emulator: 'starting the emulator',
  deploy: 'bundling, synthesising and deploying the app',
};

function linesOf(event: DevelopmentEvent, withKeys: boolean): readonly string[] {
  const lines = showEvent(event);
  if (event.event !== 'ready') return lines;
  return [...lines, `waiting    for a save${withKeys ? '; o places an order, q ends' : ''}`];
}

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
