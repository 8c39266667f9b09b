import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Project, type Running, untilSaid } from './project.ts';
import { Screen } from './screen.ts';

// Windows has no pseudo-terminals that Python could open.
const onUnix = process.platform === 'win32' ? test.skip : test;
const HELPER = join(import.meta.dirname, 'terminal.py');
const [COLUMNS, ROWS] = [80, 24];

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

interface OnTerminal extends Running {
  type(keys: string): void;
  /** All that was written, escape sequences included. */
  written(): string;
}

/** Runs `npm start` on a terminal, with npm around it. What it outputs is what stands on the screen. */
function startOnTerminal(args: readonly string[], environment: Readonly<Record<string, string>> = {}): OnTerminal {
  const python = join(project.root, '.breakwater', 'python', 'bin', 'python');
  const command = ['npm', '--loglevel=error', 'start', '--', ...args];
  const running = project.spawn(python, [HELPER, String(COLUMNS), String(ROWS), ...command], {
    TERM: 'xterm-256color',
    ...environment,
  });
  const screen = new Screen(COLUMNS, ROWS);
  let fed = 0;
  const output = (): string => {
    const written = running.output();
    screen.write(written.slice(fed));
    fed = written.length;
    return screen.text();
  };
  return { ...running, output, written: running.output, type: (keys) => running.child.stdin?.write(keys) };
}

const CTRL_C = '\u0003';
const SHOW_CURSOR = '\u001b[?25h';
const HIDE_CURSOR = '\u001b[?25l';
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const COLOUR = /\u001b\[[\d;]+m/;

onUnix(
  'on a terminal it shows tasks, orders and the account, takes keys, and gives the terminal back at Ctrl-C',
  async () => {
    const started = startOnTerminal(['--orders', '2'], { NO_COLOR: '1' });
    await untilSaid(started, /^ {3}under way +price risk stock payment shipment event receipt$/m);
    await untilSaid(started, /^ o places an order {4}b breaks the payment provider {4}q ends it all$/m);
    expect(started.output()).toMatch(/^ {3}✔ stacks {5}5 stacks, \d+ resources +\d+\.\d s$/m);
    expect(started.output()).toMatch(
      /^ ✔ 01 an ordinary order +\d+\.\d s ✔(×\d)? +✔(×\d)? +✔(×\d)? +✔(×\d)? +✔(×\d)? +✔(×\d)? +✔(×\d)?$/m,
    );
    expect(started.output()).toMatch(
      /^ ↺ 02 card declined +\d+\.\d s ✔(×\d)? +✔(×\d)? +✔(×\d)?↺(×\d)? +✘(×\d)? +· +· +·$/m,
    );
    expect(started.output()).toMatch(/^ {3}charged − refunded = sold .* = .* ✔ adds up$/m);
    expect(started.output()).not.toMatch(/^ {3}under way/m);

    started.type('b');
    await untilSaid(started, /^ ! payments down\n o places an order {4}b mends the payment provider/m);
    started.type('o');
    await untilSaid(started, /^ . 03 your order +\d+\.\d s ✔(×\d)? +✔(×\d)? +✔(×\d)? +\S×2/m);
    started.type('b');
    await untilSaid(started, /^\n o places an order {4}b breaks the payment provider/m);
    await untilSaid(started, /^ [✔✘] 03 your order/m);

    project.note();
    started.type(CTRL_C);
    expect(await started.exited).toBe(130);
    expect(started.output()).toMatch(/^ {3}Interrupted; nothing is left running\.$/m);
    expect(started.output()).not.toMatch(/places an order/);
    expect(started.written()).not.toMatch(COLOUR);
    expect(started.written().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(started.written().lastIndexOf(HIDE_CURSOR));
    expect(project.processes()).toEqual([]);
  },
  300_000,
);

onUnix(
  'Ctrl-C while it prepares ends it within seconds, with what was done and what was not',
  async () => {
    const started = startOnTerminal([]);
    await untilSaid(started, /^ {3}✔ emulator {3}http:/m);
    const began = performance.now();
    started.type(CTRL_C);
    expect(await started.exited).toBe(130);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(started.output()).toMatch(/^ {3}■ synthesis /m);
    expect(started.written()).toMatch(COLOUR);
    expect(project.processes()).toEqual([]);
  },
  180_000,
);
