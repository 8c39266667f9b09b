import { join } from 'node:path';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { deploy } from '../../../lib/local/deployment/deploy.ts';
import { startEmulator } from '../../../lib/local/emulator/index.ts';
import type { Benchmark, Finding, Progress } from '../../proofs/finding.ts';
import { type Load, type Round, runRound } from './load.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const logs = join(root, '.breakwater');
/** Names of the state machines. */
const BREAKWATER = 'book-order';
const HAND_WRITTEN = 'benchmark-hand-written';

export const benchmark: Benchmark = {
  summary: 'How many executions a second the emulator gets through, beside the same workflow with Powertools by hand.',
  options: {
    executions: { description: 'a round, of each', default: 300, short: 60 },
    concurrency: { description: 'executions at a time', default: 20 },
    rounds: { description: 'of each in turn', default: 3, short: 1 },
  },
  run: async ({ executions, concurrency, rounds }, progress) => {
    progress('starting the emulator');
    const emulator = await startEmulator({ logFile: join(logs, 'throughput.log'), projectRoot: root });
    try {
      await deploy({
        endpoint: emulator.endpoint,
        logFile: join(logs, 'throughput-deploy.log'),
        projectRoot: import.meta.dirname,
        onProgress: progress,
      });
      const load = { executions: Number(executions), concurrency: Number(concurrency) };
      return await compare(emulator, load, Number(rounds), progress);
    } finally {
      await emulator.stop();
    }
  },
};

async function compare(
  { endpoint, pid }: { readonly endpoint: string; readonly pid: number },
  load: Load,
  rounds: number,
  progress: Progress,
): Promise<Finding> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const stepFunctions = new SFNClient({ endpoint, region: 'us-east-1', credentials });
  const { stateMachines = [] } = await stepFunctions.send(new ListStateMachinesCommand({}));
  const run = (name: string, of: Load): Promise<Round> => {
    const stateMachineArn = stateMachines.find((each) => each.name === name)?.stateMachineArn;
    if (!stateMachineArn) throw new Error(`There is no state machine ${name}.`);
    return runRound(stepFunctions, { stateMachineArn, emulatorPid: pid }, of);
  };
  const found = { [BREAKWATER]: [] as Round[], [HAND_WRITTEN]: [] as Round[] };
  progress('warming up');
  for (const name of [BREAKWATER, HAND_WRITTEN]) await run(name, { ...load, executions: WARM_UP });
  for (let round = 1; round <= rounds; round += 1) {
    const order = round % 2 === 1 ? ([BREAKWATER, HAND_WRITTEN] as const) : ([HAND_WRITTEN, BREAKWATER] as const);
    for (const name of order) {
      const came = await run(name, load);
      found[name]?.push(came);
      progress(`round ${round} of ${rounds}: ${name}, ${came.pace.toFixed(1)} executions a second`);
    }
  }
  return judge(found[BREAKWATER] ?? [], found[HAND_WRITTEN] ?? []);
}

const WARM_UP = 40;

function judge(own: readonly Round[], theirs: readonly Round[]): Finding {
  const ratio = (of: (round: Round) => number): number => mean(own, of) / mean(theirs, of);
  const pace = ratio(({ pace }) => pace);
  const cpu = ratio(({ functions, emulator }) => functions + emulator);
  const functions = ratio((round) => round.functions);
  const row = (title: string, of: (round: Round) => number, digits: number): string =>
    `| ${title} | ${mean(own, of).toFixed(digits)} | ${mean(theirs, of).toFixed(digits)} |`;
  return {
    passed: pace >= 1 && cpu <= 1,
    figures: {
      'executions a second ÷ hand-written (at least 1)': pace,
      'CPU an execution ÷ hand-written (at most 1)': cpu,
      'CPU of the functions ÷ hand-written': functions,
    },
    text: `
Three steps over queues, each with one write and a task token, as a workflow of Breakwater and as an ordinary CDK app
with Powertools by hand, deployed beside each other to one emulator, by turns. Breakwater has everything on: contracts
checked, records, results kept for clients, undo on status events. Batches of ten, four at a time, in both.

| | Breakwater | hand-written |
|---|---:|---:|
${row('executions a second', ({ pace }) => pace, 1)}
${row('CPU of the functions an execution, ms', (round) => round.functions * 1_000, 1)}
${row('CPU of the emulator an execution, ms', ({ emulator }) => emulator * 1_000, 1)}

Rounds, executions a second: Breakwater ${paces(own)}; hand-written ${paces(theirs)}.`,
  };
}

const mean = (rounds: readonly Round[], of: (round: Round) => number): number =>
  rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;

const paces = (rounds: readonly Round[]): string => rounds.map(({ pace }) => pace.toFixed(1)).join(', ');
