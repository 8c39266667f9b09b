import { Command } from 'commander';

/** `breakwater down`: ends the emulator that runs here. */
export const downCommand = (root: string): Command =>
  new Command('down')
    .summary('ends the emulator that runs here')
    .description(
      'Ends the emulator of this project, kept or not, and all that runs in it. Ends nothing at AWS_ENDPOINT_URL.',
    )
    .option('--json', 'print the result for scripts')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { emulatorLogOf } = await import('../../lib/local/index.ts');
      const { endRunningEmulator } = await import('../../lib/local/emulator/index.ts');
      const ended = await endRunningEmulator(emulatorLogOf(root));
      if (json) console.log(JSON.stringify({ ended: ended ? { pid: ended.pid, endpoint: ended.endpoint } : null }));
      else
        console.log(
          ended
            ? `Ended the emulator at ${ended.endpoint} (process ${ended.pid}).`
            : 'No emulator of this project runs.',
        );
    });
