import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, isFree, listen, Project, untilSaid } from './project.ts';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

test('with --once runs forty orders through an outage, accounts for them, fetches nothing, and leaves nothing running', async () => {
  let asked = 0;
  const proxy = await listen(0, () => {
    asked += 1;
  });
  const address = proxy?.address();
  const nowhere = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 9}`;
  const started = project.run(['start', '--once', '--json'], {
    // Offline: whatever asks for something goes to a proxy that counts, and answers nothing.
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    http_proxy: nowhere,
    https_proxy: nowhere,
    npm_config_registry: nowhere,
    PIP_INDEX_URL: nowhere,
  });
  expect([await started.exited, started.output()]).toEqual([0, expect.anything()]);
  proxy?.close();
  const lines = started.output().trim().split('\n');
  const report = JSON.parse(lines.at(-1) ?? '');
  expect(report).toMatchObject({
    right: true,
    orders: 40,
    phases: { emulator: expect.any(Number), deploy: expect.any(Number), synthesis: expect.any(Number) },
    firstFulfilledMs: expect.any(Number),
    struck: { incidents: ['payments down'] },
  });
  const { fulfilled, declined, failed, rejected } = report.ends;
  expect(fulfilled + declined + failed + rejected).toBe(40);
  expect({ rejected, isStruck: report.struck.orders > 0 }).toEqual({ rejected: 1, isStruck: true });
  expect(report.account.map(({ found }: { found: number }) => found)).toEqual(
    report.account.map(({ expected }: { expected: number }) => expected),
  );
  expect(report.account[0]).toMatchObject({ name: 'charged − refunded = sold', unit: 'cents' });
  expect(lines.filter((line) => /^[✔↺✘⊘] (fulfilled|declined|failed|rejected)/.test(line))).toHaveLength(40);
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^! payments down/)]));
  expect(asked).toBe(0);
  expect(project.processes()).toEqual([]);
}, 300_000);

test.each([
  ['the synthesis', /synthesis {3}…/],
  ['the deployment of stacks', /stacks {6}…/],
])(
  'interrupted in the middle of %s, ends within seconds and leaves no process',
  async (_, moment) => {
    const started = project.run(['start', '--orders', '2']);
    await untilSaid(started, moment);
    const began = performance.now();
    started.child.kill('SIGINT');
    expect(await started.exited).toBe(130);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(started.output()).toMatch(/Interrupted; nothing is left running\.\n$/);
    expect(project.processes()).toEqual([]);
  },
  180_000,
);

test('interrupted in the middle of its orders, leaves no process and no port; a port that is taken is told', async () => {
  const holder = await listen(4566);
  try {
    const started = project.run(['start']);
    const [, port] = await untilSaid(started, /http:\/\/127\.0\.0\.1:(\d+) \(port 4566 is taken\)/);
    await untilSaid(started, /[✔↺] (fulfilled|declined)/);
    project.note();
    started.child.kill('SIGTERM');
    expect(await started.exited).toBe(130);
    expect(project.processes()).toEqual([]);
    await eventually(() => isFree(Number(port)), 'the port is free');
  } finally {
    holder?.close();
  }
}, 180_000);

test.each([
  [['start', '--orders', 'many'], /a whole number from 1 to 1000/],
  [['start', '--once', '--keep'], /--once stops everything after the orders, --keep leaves it running/],
  [['order', '--data', '[]'], /--data holds \[\]; expected a JSON object/],
  [['order', '--data', '{'], /--data is no JSON/],
  [['order', 'fulfill-order'], /No workflow "fulfill-order".* There are: fulfil-order\./],
  [['fault', 'payments', 'dwon'], /Received "dwon"; it is one of down, error, slow, decline, lose-answer/],
  [['fault', 'payment'], /There is no provider "payment"; the workflows here depend on carrier, payments\./],
  [['order'], /No emulator of this project runs\. Start one in another terminal:\n {2}npm start /],
  [['fault', 'clear'], /No emulator of this project runs\./],
])(
  'breakwater %j is refused with what to do',
  async (args, message) => {
    const { code, output } = await project.ran(args);
    expect(code).toBe(1);
    expect(output).toMatch(message);
  },
  60_000,
);
