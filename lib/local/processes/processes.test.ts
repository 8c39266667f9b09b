import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { findProcess, isAlive, runInGroup } from './index.ts';

/** Processes that listen to nothing: should they be left, they must not keep the tests from ending. */
const pids: number[] = [];
afterAll(() => {
  for (const pid of pids) if (findProcess(pid)) process.kill(pid, 'SIGKILL');
});

const node = (script: string) => ({ command: process.execPath, arguments: ['-e', script] });

async function eventually(holds: () => boolean): Promise<void> {
  for (const until = Date.now() + 10_000; !holds(); await sleep(20)) {
    if (Date.now() > until) throw new Error('It never came to hold.');
  }
}

test('a program runs to its end, and what it says on either stream is heard', async () => {
  const said: string[] = [];
  const program = node('console.log("out"); process.stderr.write("no line end"); process.exitCode = 3');
  const end = await runInGroup({ ...program, onLine: (line) => said.push(line) });
  expect(end).toEqual({ succeeded: false, how: 'ended with 3' });
  expect(said.sort()).toEqual(['no line end', 'out']);
});

test('a program that is not there is no success', async () => {
  expect(await runInGroup({ command: '/nowhere/at-all', arguments: [] })).toEqual({
    succeeded: false,
    how: 'spawn /nowhere/at-all ENOENT',
  });
});

test('interrupted, a program ends with what it started, even if neither listens', async () => {
  // Each says who it is once it has stopped listening, on the stream that the first has given to the second.
  const deaf = 'process.on("SIGINT", () => {}); setInterval(() => {}, 1000); console.log(process.pid);';
  const script = `
    ${deaf}
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { stdio: 'inherit' });`;
  const controller = new AbortController();
  const onLine = (line: string) => pids.push(Number(line));
  const running = runInGroup({ ...node(script), signal: controller.signal, onLine });
  await eventually(() => pids.length === 2);
  const began = performance.now();
  controller.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  expect(performance.now() - began).toBeLessThan(5_000);
  await eventually(() => pids.every((pid) => !findProcess(pid)));
}, 30_000);

test('interrupted before it begins, nothing is begun', async () => {
  const aborted = AbortSignal.abort(new Error('too late'));
  await expect(runInGroup({ ...node('require("fs").writeSync(1, "ran")'), signal: aborted })).rejects.toThrow(
    'too late',
  );
});

test('the process table tells parent and command line of a process, and nothing of one that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a (strange) name'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  await eventually(() => findProcess(pid)?.commandLine.includes('strange') === true);
  expect(findProcess(pid)).toMatchObject({ pid, parent: process.pid });
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect([findProcess(pid), isAlive(pid)]).toEqual([undefined, false]);
});
