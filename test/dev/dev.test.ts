import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { eventually } from '../start/project.ts';
import { Development } from './development.ts';
import { EditedProject } from './project.ts';

const HANDLER = 'lambdas/orders/price-order/handler.ts';
const CONTRACT = 'lambdas/orders/price-order/contract.ts';
const UNIT_TEST = 'lambdas/orders/price-order/handler.test.ts';
const WORKFLOW = 'state-machines/orders/fulfil-order/workflow.ts';
const DEMONSTRATION = 'state-machines/orders/fulfil-order/demonstration.ts';
const EXPRESSION = 'lib/asl/expression.ts';
const DEFINITION = 'state-machines/orders/fulfil-order/generated/workflow.asl.json';

/** What the ordinary order buys, in cents; shipping comes on top. */
const ITEMS = 2_500;

/** Long, for a machine that has other things to do: what it took is printed. */
jest.setTimeout(300_000);

const project = new EditedProject();
const original = { handler: project.read(HANDLER), workflow: project.read(WORKFLOW) };
const times: string[] = [];
let dev: Development;
let endpoint: string;

beforeAll(async () => {
  dev = new Development(project);
  const ready = await dev.next('ready', 0);
  ({ endpoint } = ready);
  times.push(`ready after ${ready.milliseconds} ms`);
  expect(await dev.next('order', 0)).toMatchObject({ end: 'fulfilled', value: { total: ITEMS + 490 } });
});

afterAll(async () => {
  await project.remove();
  process.stdout.write(`${times.join('\n')}\n`);
});

/** Has an ordinary order run through what is live, and gives what it cost. */
async function orderNow(): Promise<number> {
  const { value } = await dev.after(() => project.write(DEMONSTRATION, `${project.read(DEMONSTRATION)}\n`), 'order');
  return (value as { total: number }).total;
}

const settings = () => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** What new orders run, as the emulator has it. */
async function liveDefinition(): Promise<{ readonly States: Readonly<Record<string, unknown>> }> {
  const { definition = '' } = await new SFNClient(settings()).send(
    new DescribeStateMachineCommand({
      stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:fulfil-order:live',
    }),
  );
  return JSON.parse(definition);
}

const functionOf = (atom: string) =>
  new LambdaClient(settings()).send(
    new GetFunctionConfigurationCommand({ FunctionName: `${atom}-v1`, Qualifier: 'live' }),
  );

describe('a saved handler', () => {
  test('is live, and the next order runs through it', async () => {
    for (const home of [700, 710, 720]) {
      const { mark } = dev;
      const live = await dev.after(
        () => project.write(HANDLER, original.handler.replace('home: 490', `home: ${home}`)),
        'live',
      );
      expect(live).toMatchObject({ kind: 'code', atoms: ['price-order'] });
      times.push(`a handler is live after ${live.waited} ms (it says ${live.milliseconds})`);
      const order = await dev.next('order', mark);
      expect(order).toMatchObject({ end: 'fulfilled', right: true, value: { total: ITEMS + home } });
      times.push(`  its order is told ${order.waited} ms later, and took ${order.milliseconds} ms`);
    }
  });

  test('with a type error is not deployed: the line is told, the old one stays, and the mended one goes live', async () => {
    const refused = await dev.after(() => project.edit(HANDLER, 'home: 720', "home: 'free'"), 'refused');
    expect(refused.reason).toMatch(/^lambdas\/orders\/price-order\/handler\.ts:\d+:\d+ TS\d+: /);
    times.push(`a type error is told after ${refused.waited} ms`);
    expect(await orderNow()).toBe(ITEMS + 720);
    const { mark } = dev;
    await dev.after(() => project.edit(HANDLER, "home: 'free'", 'home: 730'), 'live');
    expect(await dev.next('order', mark)).toMatchObject({ value: { total: ITEMS + 730 } });
  });

  test('that can’t be bundled is told with its line, and the old one stays', async () => {
    const broken = `import './nowhere.ts';\n${project.read(HANDLER)}`;
    const { reason } = await dev.after(() => project.write(HANDLER, broken), 'refused');
    expect(reason).toContain(`${HANDLER}:1:7: Could not resolve "./nowhere.ts"`);
    expect(await orderNow()).toBe(ITEMS + 730);
  });

  test('that can’t be started is told, and the old one stays', async () => {
    const broken = `${original.handler}\nif (SHIPPING.home > 0) throw new RangeError('no shipping today');\n`;
    const { reason } = await dev.after(() => project.write(HANDLER, broken), 'refused');
    expect(reason).toMatch(/^price-order-v1 does not start: .*no shipping today$/);
    expect(await orderNow()).toBe(ITEMS + 730);
  });

  test('is live once when an editor writes a copy, renames it, and writes again; and with it all that was saved', async () => {
    const { mark } = dev;
    project.saveByRename(HANDLER, original.handler.replace('home: 490', 'home: 740'));
    project.write(HANDLER, original.handler.replace('home: 490', 'home: 750'));
    project.edit('lambdas/orders/assess-risk/handler.ts', 'HIGH_FROM = 60', 'HIGH_FROM = 61');
    project.edit(
      'lambdas/orders/notify-customer/handler.ts',
      'export const handler',
      '// dispatched\nexport const handler',
    );
    const live = await dev.next('live', mark);
    expect(live).toMatchObject({ kind: 'code' });
    expect([...live.atoms].sort()).toEqual(['assess-risk', 'notify-customer', 'price-order']);
    expect(await dev.next('order', mark)).toMatchObject({ value: { total: ITEMS + 750 } });
    expect(dev.since(mark, 'changed')).toHaveLength(1);
    expect(dev.since(mark, 'live')).toHaveLength(1);
  });

  test('saved again while it goes live, is looked at again after that, and never two at a time', async () => {
    const { mark } = dev;
    await dev.after(() => project.edit(HANDLER, 'home: 750', 'home: 760'), 'changed');
    await dev.after(() => project.edit(HANDLER, 'home: 760', 'home: 770'), 'changed');
    expect(await dev.next('order', mark)).toMatchObject({ value: { total: ITEMS + 770 } });
    // The first round may have read the file after it was saved again: then nothing is left for the second.
    expect(dev.events(mark).join(' ')).toMatch(/^changed live changed (live|unchanged) order$/);
  });

  test('saved as it is, changes nothing', async () => {
    await dev.after(() => project.write(HANDLER, project.read(HANDLER)), 'unchanged');
  });
});

describe('a saved workflow', () => {
  test('is deployed and compared; what was replaced before and is now as it was is live too', async () => {
    await dev.after(() => project.edit(HANDLER, 'abroad: 1490', 'abroad: 2000'), 'live');
    const { mark } = dev;
    const live = await dev.after(() => {
      project.write(HANDLER, original.handler);
      project.edit(WORKFLOW, "country: input.country }))\n  .step('risk'", "country: 'NZ' }))\n  .step('risk'");
    }, 'live');
    times.push(`a workflow is live after ${live.waited} ms (it says ${live.milliseconds})`);
    expect(live).toMatchObject({ kind: 'structure', workflows: ['fulfil-order'] });
    const definitions = live.kind === 'structure' ? live.definitions : [];
    expect(definitions).toHaveLength(1);
    expect(definitions[0]).toMatchObject({ machine: 'fulfil-order', states: [{ state: 'price', kind: 'changed' }] });
    expect(definitions[0]?.states[0]?.lines.join('\n')).toMatch(
      /^-.*'country': \$\S+\.country\} .*\n\+.*'country': 'NZ'\} /,
    );
    expect(JSON.stringify((await liveDefinition()).States.price)).toContain("'NZ'");
    expect(project.read(DEFINITION)).toContain("'NZ'");
    expect(await dev.next('order', mark)).toMatchObject({ end: 'fulfilled', value: { total: ITEMS + 1_490 } });
  });

  test('with a step less is deployed without it', async () => {
    const { mark } = dev;
    const without = project
      .read(WORKFLOW)
      .replace(/ {2}\.send\('receipt'[\s\S]*?\}\)\)\n/, '')
      .replace(/import \{ notifyCustomer \}.*\n/, '');
    const live = await dev.after(() => project.write(WORKFLOW, without), 'live');
    times.push(`a workflow is live after ${live.waited} ms (it says ${live.milliseconds})`);
    expect(live.kind === 'structure' && live.definitions[0]?.states).toContainEqual(
      expect.objectContaining({ state: 'receipt', kind: 'removed' }),
    );
    expect(Object.keys((await liveDefinition()).States)).not.toContain('receipt');
    const { line, end } = await dev.next('order', mark);
    expect(end).toBe('fulfilled');
    expect(line).toMatch(/shipment orderFulfilled$/);
  });

  test('that can’t be is refused with its line, and the old one stays', async () => {
    const before = await liveDefinition();
    const refused = await dev.after(() => project.edit(WORKFLOW, "version: '1.0.0'", "version: '1.0'"), 'refused');
    expect(refused.reason).toMatch(
      /^\w+Error: .*The version is "1\.0"\.[\s\S]*\n {2}at state-machines\/orders\/fulfil-order\/workflow\.ts:\d+:\d+$/,
    );
    times.push(`a refused plan is told after ${refused.waited} ms`);
    expect(await liveDefinition()).toEqual(before);
    expect(await orderNow()).toBe(ITEMS + 1_490);
    const live = await dev.after(() => project.write(WORKFLOW, original.workflow), 'live');
    times.push(`a workflow is live after ${live.waited} ms (it says ${live.milliseconds})`);
    expect(Object.keys((await liveDefinition()).States)).toContain('receipt');
  });
});

describe('a saved contract', () => {
  test('is deployed', async () => {
    const { mark } = dev;
    const live = await dev.after(() => project.edit(CONTRACT, 'shipping included.', 'with shipping.'), 'live');
    times.push(`a contract is live after ${live.waited} ms (it says ${live.milliseconds})`);
    expect(live).toMatchObject({ kind: 'structure' });
    expect((await functionOf('price-order')).Description).toContain('with shipping.');
    expect(await dev.next('order', mark)).toMatchObject({ end: 'fulfilled' });
  });

  test('that the app can’t be synthesised from is refused, and the old one stays', async () => {
    const before = project.read(CONTRACT);
    const other = before
      .replace('import { contract, pure,', 'import { contract, pure, table,')
      .replace(
        'effect: pure,',
        "effect: pure,\n  uses: [table('inventory', { partitionKey: 'id' }).allow('GetItem')],",
      );
    const { reason } = await dev.after(() => project.write(CONTRACT, other), 'refused');
    expect(reason).toMatch(
      /^DeploymentFailed: Could not synthesise the app\. .*\n[\s\S]*The table "inventory" has the key/,
    );
    expect(await orderNow()).toBe(ITEMS + 490);
    await dev.after(() => project.write(CONTRACT, before), 'live');
  });

  test('of a new atom is deployed, and one that was removed is no longer there', async () => {
    const folder = 'lambdas/orders/award-points';
    const added = await dev.after(() => {
      project.write(
        `${folder}/contract.ts`,
        `import * as z from 'zod';
import { contract, pure } from '../../../lib/contract/index.ts';

export const awardPoints = contract({
  name: 'award-points',
  version: '1.0.0',
  summary: 'Counts loyalty points.',
  input: z.object({ total: z.int() }),
  output: z.object({ points: z.int() }),
  effect: pure,
});
`,
      );
      project.write(
        `${folder}/handler.ts`,
        `import { serve } from '../../../lib/runtime/index.ts';
import { awardPoints } from './contract.ts';

export const handler = serve(awardPoints, ({ total }) => ({ points: Math.floor(total / 100) }));
`,
      );
    }, 'live');
    times.push(`a new atom is live after ${added.waited} ms (it says ${added.milliseconds})`);
    expect(added).toMatchObject({ kind: 'structure', atoms: ['award-points'] });
    expect((await functionOf('award-points')).Description).toContain('Counts loyalty points.');
    await dev.after(() => project.removeFolder(folder), 'live');
    await expect(functionOf('award-points')).rejects.toThrow('not found');
  });
});

test('a deployment that fails is told, and what was live before stays: the workflow, and the code that went along', async () => {
  const before = await liveDefinition();
  await dev.after(() => project.write(HANDLER, original.handler.replace('home: 490', 'home: 800')), 'live');
  const { reason } = await dev.after(() => {
    project.edit(HANDLER, 'home: 800', 'home: 900');
    project.edit(EXPRESSION, '`{% ${jsonata} %}`', '`{% (${jsonata} %}`');
  }, 'refused');
  expect(reason).toMatch(/^DeploymentFailed: Could not deploy the app\. .*\n[\s\S]*fulfil-order/);
  expect(await liveDefinition()).toEqual(before);
  expect(await orderNow()).toBe(ITEMS + 800);
  await dev.after(() => project.edit(EXPRESSION, '`{% (${jsonata} %}`', '`{% ${jsonata} %}`'), 'live');
  expect(await orderNow()).toBe(ITEMS + 900);
  await dev.after(() => project.write(HANDLER, original.handler), 'live');
});

test('a saved test is run, and its outcome told', async () => {
  expect(await dev.after(() => project.write(UNIT_TEST, project.read(UNIT_TEST)), 'tested')).toMatchObject({
    files: [UNIT_TEST],
    right: true,
  });
  const wrong = await dev.after(() => project.edit(UNIT_TEST, 'shipping: 1_490', 'shipping: 1_491'), 'tested');
  expect(wrong.right).toBe(false);
  expect(wrong.output).toContain('shipping abroad costs more');
});

test('what is wrong elsewhere is told, and keeps nothing from going live', async () => {
  const { mark } = dev;
  project.edit(UNIT_TEST, 'shipping: 1_491', "shipping: 'much'.length()");
  project.edit(HANDLER, 'home: 490', 'home: 780');
  await dev.next('live', mark);
  const { mistakes } = await dev.next('mistakes', mark);
  expect(mistakes[0]).toMatchObject({ file: UNIT_TEST, text: expect.stringContaining('not callable') });
});

test('interrupted in the middle of a round, ends at once and leaves no process and no folder', async () => {
  const emulator = project.emulator();
  await dev.after(() => project.edit(WORKFLOW, "'accepted'", "'fine'"), 'changed');
  await sleep(1_500);
  const begun = performance.now();
  dev.interrupt();
  expect(await dev.exited).toBe(130);
  times.push(`interrupted in a round, it ended after ${Math.round(performance.now() - begun)} ms`);
  await nothingLeft(emulator);
});

test('when the emulator dies, says so, ends with an error and leaves nothing', async () => {
  const dying = new Development(project);
  await dying.next('ready', 0);
  const emulator = project.emulator();
  process.kill(emulator?.pid ?? 0, 'SIGKILL');
  expect(await dying.exited).toBe(1);
  expect(dying.said).toContain('DevelopmentError: The emulator ended unexpectedly (SIGKILL). Its log is ');
  await nothingLeft(emulator);
});

test('interrupted before it is ready, leaves nothing', async () => {
  const starting = new Development(project);
  while (!project.emulator()) await sleep(50);
  const emulator = project.emulator();
  const begun = performance.now();
  starting.interrupt();
  expect(await starting.exited).toBe(130);
  times.push(`interrupted while deploying, it ended after ${Math.round(performance.now() - begun)} ms`);
  await nothingLeft(emulator);
});

/** No process of the project's, none of its emulator's functions, and nothing of theirs on disk; so no port either. */
async function nothingLeft(emulator: ReturnType<EditedProject['emulator']>): Promise<void> {
  const folder = emulator?.temporary ?? 'no emulator was there';
  await eventually(() => project.processes(folder).length === 0, `nothing runs: ${project.processes(folder)}`);
  expect(existsSync(folder)).toBe(false);
  expect(project.emulator()).toBeUndefined();
}
