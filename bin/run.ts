import type { Command } from 'commander';

/** Runs a command line to its end. Commands return results or throw; only this prints errors and exits. */
export async function run(program: Command): Promise<never> {
  try {
    await program.parseAsync();
  } catch (error) {
    const named = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`\n${named.name}: ${named.message}\n`);
    if (process.env.DEBUG) process.stderr.write(`${named.stack}\n`);
    process.exitCode = 1;
  }
  // Sockets kept alive must not keep the command alive.
  process.exit();
}
