import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Cpu, cpuOf } from './cpu.ts';

export interface Load {
  readonly executions: number;
  readonly concurrency: number;
}

/** What one round came to. */
export interface Round {
  /** Executions a second. */
  readonly pace: number;
  /** Seconds of CPU an execution: of the functions, and of the emulator, which plays everything else. */
  readonly functions: number;
  readonly emulator: number;
}

/** Starts executions, a number at a time, and waits until all have succeeded. @throws Error for one that has not */
export async function runRound(
  stepFunctions: SFNClient,
  { stateMachineArn, emulatorPid }: { readonly stateMachineArn: string; readonly emulatorPid: number },
  { executions, concurrency }: Load,
): Promise<Round> {
  let left = executions;
  const before = cpuOf(emulatorPid);
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await runOne(stepFunctions, stateMachineArn);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - begun) / 1_000;
  const after = cpuOf(emulatorPid);
  const spent = (of: keyof Cpu): number => (after[of] - before[of]) / executions;
  return { pace: executions / seconds, functions: spent('others'), emulator: spent('own') };
}

let orders = 0;

async function runOne(stepFunctions: SFNClient, stateMachineArn: string): Promise<void> {
  orders += 1;
  const input = JSON.stringify({
    orderId: `o-${orders}`,
    lines: [
      { sku: 'mug', quantity: 2 },
      { sku: 'pen', quantity: 1 },
    ],
  });
  const name = `benchmark-${process.pid}-${orders}`;
  const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  for (;;) {
    await sleep(POLL_MS);
    const { status, cause } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'SUCCEEDED') return;
    if (status !== 'RUNNING') throw new Error(`${executionArn} ended as ${status}: ${cause}`);
  }
}

/** The same for both: what asking costs, neither pays for alone. */
const POLL_MS = 100;
