import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually, Project, type Running, untilSaid } from './project.ts';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterEach(() => project.end());
afterAll(() => project.remove());

const order = async (...args: readonly string[]) => {
  const { code, output } = await project.ran(['order', '--json', ...args]);
  return { code, ...JSON.parse(output.trim().split('\n').at(-1) ?? '') };
};

test('with --keep the emulator stays: orders can be placed, a provider broken and mended, until down ends it', async () => {
  const started = project.run(['start', '--keep', '--orders', '2']);
  const code = await started.exited;
  expect([code, started.output()]).toEqual([
    0,
    expect.stringMatching(/The emulator stays, at (http:\S+)\. End it: npm run breakwater -- down/),
  ]);
  expect(project.emulators()).toHaveLength(1);
  project.note();

  expect(await order('--id', 'mine')).toMatchObject({ code: 0, execution: 'mine', end: 'fulfilled', worth: 2_990 });
  expect(await order('fulfil-order', '--data', '{"card":"tok_declined"}')).toMatchObject({
    code: 0,
    end: 'declined',
    reason: 'payment: CardDeclined',
  });
  const rejected = await project.ran(['order', '--data', '{"email":"nobody"}']);
  expect(rejected.code).toBe(1);
  expect(rejected.output).toMatch(/^⊘ rejected .* data\.email: .*received "\[personal\]"\)\n {3}execution order-\S+$/m);

  const set = await project.ran(['fault', 'payments', 'down', '--times', '1']);
  expect(set.output).toMatch(/payments: down, 1 time\. Mend it: npm run breakwater -- fault clear/);
  expect((await project.ran(['fault'])).output).toMatch(/^payments: down, 1 time$/m);
  const struck = await order();
  expect(struck).toMatchObject({ code: 0, end: 'fulfilled' });
  expect(struck.steps.find(({ name }: { name: string }) => name === 'payment').attempts).toBeGreaterThan(1);

  const breaking = project.run(['fault', 'payments', 'down', '--seconds', '600']);
  await untilSaid(breaking, /for 600 s/);
  const failing = order();
  const waiting = project.run(['fault', '--json']);
  await waiting.exited;
  expect(JSON.parse(waiting.output())).toMatchObject({ faults: [{ provider: 'payments', kind: 'down' }] });
  breaking.child.kill('SIGINT');
  expect(await breaking.exited).toBe(130);
  expect(breaking.output()).toMatch(/payments: mended\./);
  expect((await project.ran(['fault', '--json'])).output).toContain('{"faults":[]}');
  expect(['fulfilled', 'failed']).toContain((await failing).end);

  expect((await project.ran(['down'])).output).toMatch(
    /Ended the emulator at http:\/\/127\.0\.0\.1:\d+ \(process \d+\)\./,
  );
  expect(project.processes()).toEqual([]);
  expect((await project.ran(['down'])).output).toMatch(/No emulator of this project runs\./);
}, 300_000);

/** An emulator that was kept, without the app. */
async function keptEmulator(): Promise<number> {
  const script = `
    const { startEmulator } = await import('./lib/local/emulator/index.ts');
    const emulator = await startEmulator({ logFile: '.breakwater/emulator.log' });
    await emulator.letGo();
    console.log('kept', emulator.pid);
    process.exit();`;
  const keeping = project.spawn(process.execPath, ['--input-type=module', '-e', script]);
  return Number((await untilSaid(keeping, /kept (\d+)/))[1]);
}

test('a start takes over from an emulator that was kept; a second one at once is refused and told where the first is', async () => {
  const kept = await keptEmulator();
  expect(project.emulators()).toEqual([kept]);
  const started = project.run(['start', '--orders', '1']);
  await untilSaid(started, new RegExp(`Ended an emulator that was left running \\(process ${kept}\\)`));
  await untilSaid(started, /emulator {4}✔/);
  const second = await project.ran(['start']);
  expect(second.code).toBe(1);
  expect(second.output).toMatch(
    /Process \d+ already runs an emulator with the log \S+, on port \d+\. Use that one \(npm run breakwater -- order\), or end it first \(npm run breakwater -- down\)\./,
  );
  await untilSaid(started, /stays up until you press Ctrl-C/);
  project.note();
  await killed(started);
}, 240_000);

/** The emulator dies though nobody asked it to. */
async function killed(started: Running): Promise<void> {
  const [pid] = project.emulators();
  process.kill(pid ?? 0, 'SIGKILL');
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(
    /The emulator ended unexpectedly \(SIGKILL\)\. Its log is .*; run the same command again\./,
  );
  await eventually(() => project.processes().length === 0, 'nothing runs');
}
