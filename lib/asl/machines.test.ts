import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import jsonata from 'jsonata';
import { fulfilOrder } from '../../state-machines/orders/fulfil-order/workflow.ts';
import { evaluate, isExpression } from '../../test/fakes/walk.ts';
import { branching, literal, straight } from '../../test/fakes/workflows.ts';
import { compile, type State, type StateMachine } from './index.ts';

const workflows = { straight, branching, literal, fulfilOrder };
const machines: readonly (readonly [string, StateMachine])[] = Object.entries(workflows).flatMap(([name, { plan }]) => {
  const { machine, undoMachine } = compile(plan);
  return [
    [name, machine],
    [`undo of ${name}`, undoMachine],
  ] as const;
});

/** Every expression of a value, with the way to it. */
function* expressionsOf(value: unknown, path = ''): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string' && isExpression(value)) yield [path, value];
  if (value === null || typeof value !== 'object') return;
  for (const [key, each] of Object.entries(value)) yield* expressionsOf(each, `${path}.${key}`);
}

describe.each(machines)('the machine %s', (_, machine) => {
  test('is accepted by asl-validator', () => {
    // The validator wants real ARNs and URLs where the placeholders stand.
    const definition = JSON.parse(JSON.stringify(machine).replaceAll(/\$\{\w+\}/g, 'placeholder'));
    const { isValid, errorsText } = validate(definition);
    expect(isValid ? 'valid' : errorsText('; ')).toBe('valid');
  });

  test('has only names that Step Functions takes', () => {
    const names = Object.keys(machine.States);
    expect(names.filter((name) => !/^[A-Za-z0-9_-]{1,80}$/.test(name))).toEqual([]);
  });

  test('leads to each of its states, and to no other', () => {
    const led = new Set(Object.values(machine.States).flatMap(nextOf));
    led.add(machine.StartAt);
    expect([...led].sort()).toEqual(Object.keys(machine.States).sort());
  });

  test('has no state that goes on and ends as well, or does neither', () => {
    const undecided = Object.entries(machine.States).filter(
      ([, state]) => state.Type === 'Task' && 'Next' in state === 'End' in state,
    );
    expect(undecided).toEqual([]);
  });

  test('retries with full jitter and a cap, and limits the time of every task', () => {
    const tasks = Object.values(machine.States).filter((state) => state.Type === 'Task');
    for (const { Retry, TimeoutSeconds } of tasks) {
      expect(TimeoutSeconds).toBeGreaterThan(0);
      expect(Retry.at(-1)).toMatchObject({
        ErrorEquals: ['States.ALL'],
        JitterStrategy: 'FULL',
        MaxDelaySeconds: expect.any(Number),
      });
      expect(Retry.slice(0, -1).every(({ MaxAttempts }) => MaxAttempts === 0)).toBe(true);
    }
  });

  test('has expressions that parse, in the JSONata of AWS', () => {
    const expressions = [...expressionsOf(machine.States)];
    expect(expressions.length).toBeGreaterThan(5);
    for (const [path, text] of expressions) {
      expect(() => jsonata(text.slice(2, -2))).not.toThrow();
      expect([path, text.match(/\?\?|\?:|%\}.*%\}|\$eval/)]).toEqual([path, null]); // AWS: 2.0.6, without $eval
    }
  });

  test('uses no variable that the way to it did not assign', () => {
    expect(unassigned(machine)).toEqual([]);
  });

  test('fails nowhere where nothing catches: each expression gives something whatever the variables hold', async () => {
    const failures = new Map<string, string>();
    for (const [name, fields] of uncaught(machine)) {
      for (const [path, text] of expressionsOf(fields, name)) {
        for (const variables of oddities(text, machine)) {
          const given = await evaluate(text, variables).catch((error: Error) => error);
          const wrong = given instanceof Error || (path.endsWith('Condition') && typeof given !== 'boolean');
          if (wrong) failures.set(path, `${given} with ${JSON.stringify(variables)}`);
        }
      }
    }
    expect(Object.fromEntries(failures)).toEqual({});
  });
});

function nextOf(state: State): readonly string[] {
  const direct = 'Next' in state && typeof state.Next === 'string' ? [state.Next] : [];
  if (state.Type === 'Choice') return [...direct, state.Default, ...state.Choices.map(({ Next }) => Next)];
  return state.Type === 'Task' ? [...direct, ...(state.Catch ?? []).map(({ Next }) => Next)] : direct;
}

/** The fields of a state whose failure nothing catches. */
function* uncaught(machine: StateMachine): Generator<readonly [name: string, fields: unknown]> {
  for (const [name, state] of Object.entries(machine.States)) {
    if (state.Type !== 'Task' || !state.Catch) yield [name, state];
    else for (const { Assign, Output } of state.Catch) yield [`${name}.Catch`, { Assign, Output }];
  }
}

const ODD = [undefined, null, 7, 'text', {}, [], [{ value: 1 }]];

/** What Step Functions and the compiler themselves set has its shape; everything else may hold anything. */
function* oddities(text: string, { Comment }: StateMachine): Generator<Record<string, unknown>> {
  const asked = { execution: 'o-1', executionArn: 'arn', status: 'ABORTED' };
  const used = new Set([...text.matchAll(/\$([a-z]\w*)\b(?!\()/g)].map(([, name = '']) => name));
  const free = [...used].filter((name) => !['states', 'failure', 'parked', 'pivot', 'running'].includes(name));
  const failure = { Error: 'Declared.Full', step: 'stock', declined: true };
  const whole = {
    failure: { ...failure, Cause: '{}' },
    parked: [{ step: 's', verb: 'undo', error: 'E' }],
    pivot: 'PastPivot',
    running: false,
  };
  const known =
    used.has('failure') || used.has('parked') || used.has('pivot')
      ? [whole, { failure, parked: [], pivot: '', running: true }]
      : [{}];
  for (const odd of ODD) {
    const context = {
      Execution: {
        Id: 'arn',
        Name: 'o-1',
        Input: Comment.startsWith('Undoes') ? asked : odd,
        StartTime: '2026-01-01T00:00:00.000Z',
      },
      State: { RetryCount: 0 },
      Task: { Token: 't' },
    };
    const errorOutput = { Error: 'E', ...(typeof odd === 'string' ? { Cause: odd } : {}) };
    const states = { context, errorOutput, input: errorOutput, result: odd };
    const nested = { value: odd, level: odd, score: odd, total: odd };
    for (const own of known) {
      for (const value of free.length > 0 ? [odd, nested] : [odd]) {
        yield { ...own, ...Object.fromEntries(free.map((name) => [name, value])), states };
      }
    }
  }
}

/** Variables that a state reads although some way to it does not assign them. Values of steps may be missing: `choose`. */
function unassigned(machine: StateMachine): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const look = (name: string, assigned: ReadonlySet<string>): void => {
    const mark = `${name} ${[...assigned].sort().join()}`;
    if (seen.has(mark)) return;
    seen.add(mark);
    const state = machine.States[name] as State;
    const reads = (fields: unknown): void => {
      for (const [, text] of expressionsOf(fields)) {
        for (const [, variable = ''] of text.replaceAll(/'[^']*'|"[^"]*"/g, '').matchAll(/\$([a-z]\w*)\b(?!\()/g)) {
          if (variable !== 'states' && !assigned.has(variable)) found.add(`${name} reads $${variable}`);
        }
      }
    };
    reads(state);
    const after = (fields: { readonly Assign?: object }) => new Set([...assigned, ...Object.keys(fields.Assign ?? {})]);
    if (state.Type === 'Choice') {
      look(state.Default, after(state));
      for (const rule of state.Choices) look(rule.Next, after(rule));
    }
    if ('Next' in state && typeof state.Next === 'string') look(state.Next, after(state as { Assign?: object }));
    if (state.Type === 'Task') for (const catcher of state.Catch ?? []) look(catcher.Next, after(catcher));
  };
  look(machine.StartAt, new Set());
  return [...found];
}

test('the way to the end has one state a step', () => {
  const { States, StartAt } = compile(fulfilOrder.plan).machine;
  const way: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    way.push(name);
    const state: State | undefined = States[name];
    name = state?.Type === 'Choice' ? state.Default : state && 'Next' in state ? state.Next : undefined;
  }
  expect(way).toEqual(['price', 'risk', 'review', 'stock', 'payment', 'shipment', 'orderFulfilled', 'receipt']);
});
