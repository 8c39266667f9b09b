import type { Target } from '../target.ts';

/** The emulator ended though nobody asked it to. */
export class EmulatorDied extends Error {
  override readonly name = 'EmulatorDied';
}

/** Fails when the emulator ends by itself; never settles else. */
export async function died({ emulator }: Target): Promise<never> {
  const exit = await (emulator?.exited ?? new Promise<never>(() => {}));
  throw new EmulatorDied(
    `The emulator ended unexpectedly (${exit.signal ?? exit.code}). Its log is ${emulator?.logFile}; run the same command again.`,
  );
}

/** What was going on fails a moment before the end of the emulator is heard of. */
const SOON_MS = 200;

/** Whatever fails because the emulator is gone, that is the reason. */
export async function explained(error: unknown, target: Target | undefined): Promise<unknown> {
  if (!target?.emulator) return error;
  const soon = new Promise<unknown>((resolve) => setTimeout(resolve, SOON_MS, error));
  return Promise.race([died(target).catch((reason: unknown) => reason), soon]);
}
