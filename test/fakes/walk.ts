/**
 * Walks a generated state machine, as Step Functions would: expressions see the variables from before their state, an
 * expression that gives nothing fails its state, a failing Task goes where its Catch says.
 *
 * Faithful to the states language as far as the compiler uses it. Not played: time, retries (a Task fails for good at
 * once), payload limits. Its JSONata is the reference implementation, newer than the one on AWS.
 */
import jsonata from 'jsonata';
import type { State, StateMachine } from '../../lib/asl/index.ts';

export interface TaskError {
  readonly error: string;
  readonly cause?: string;
}

export interface Walk {
  readonly input?: unknown;
  /** What each Task gives: its result, or the error that it ends with. An empty object when left out. */
  readonly tasks?: Readonly<Record<string, unknown | TaskError>>;
}

export interface Walked {
  /** The states that were entered, in order. */
  readonly states: readonly string[];
  /** The Arguments of every Task, by state. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly end: { readonly output: unknown } | TaskError;
}

type Variables = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;

/** What AWS calls States.QueryEvaluationError. */
export class QueryEvaluationError extends Error {
  override readonly name = 'States.QueryEvaluationError';
}

/** Evaluates what stands in a field: JSON whose strings of the form `{% … %}` are JSONata. */
export async function evaluate(field: unknown, variables: Variables): Promise<unknown> {
  if (Array.isArray(field)) return Promise.all(field.map((each) => evaluate(each, variables)));
  if (field !== null && typeof field === 'object') {
    const entries = Object.entries(field).map(async ([key, each]) => [key, await evaluate(each, variables)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  if (typeof field !== 'string' || !isExpression(field)) return field;
  const text = field.slice(2, -2);
  let value: unknown;
  try {
    value = await parsed(text).evaluate(undefined, { ...variables });
  } catch (error) {
    throw new QueryEvaluationError(`${text}: ${(error as { message: string }).message}`);
  }
  if (value === undefined) throw new QueryEvaluationError(`${text} gives nothing.`);
  return JSON.parse(JSON.stringify(value));
}

const known = new Map<string, jsonata.Expression>();

/** The same few expressions are evaluated again and again, and parsing is what takes time. */
function parsed(text: string): jsonata.Expression {
  const expression = known.get(text) ?? jsonata(text);
  known.set(text, expression);
  return expression;
}

export const isExpression = (text: string): boolean => text.startsWith('{%') && text.endsWith('%}');

export async function walk(machine: StateMachine, { input = {}, tasks = {} }: Walk = {}): Promise<Walked> {
  const states: string[] = [];
  const asked: Record<string, unknown> = {};
  let variables: Variables = {};
  let given: unknown = input;
  let name = machine.StartAt;

  for (let steps = 0; steps < 100; steps += 1) {
    const state = machine.States[name] as State & Fields;
    states.push(name);
    const context = {
      Execution: { Id: 'arn:execution', Name: 'o-1', Input: input, StartTime: '2026-01-01T00:00:00Z' },
      State: { Name: name, RetryCount: 0 },
      Task: { Token: 'token' },
    };
    const known = (more: Fields): Variables => ({ ...variables, states: { input: given, context, ...more } });
    const take = async (way: Fields, more: Fields): Promise<void> => {
      const assigned = (await evaluate(way.Assign ?? {}, known(more))) as Variables;
      const output = 'Output' in way ? await evaluate(way.Output, known(more)) : (more.result ?? given);
      variables = { ...variables, ...assigned };
      given = output;
    };
    try {
      if (state.Type === 'Fail') {
        const [error, cause] = await Promise.all([evaluate(state.Error, known({})), evaluate(state.Cause, known({}))]);
        return { states, asked, variables, end: { error: String(error), cause: String(cause) } };
      }
      if (state.Type === 'Choice') {
        const rule = await chosen(state.Choices as unknown as readonly Fields[], known({}));
        await take(rule ?? state, {});
        name = String(rule?.Next ?? state.Default);
        continue;
      }
      if (state.Type === 'Task') {
        try {
          asked[name] = await evaluate(state.Arguments, known({}));
          const result = tasks[name] ?? {};
          if (isTaskError(result)) throw result;
          await take(state, { result });
        } catch (failure) {
          const errorOutput = asErrorOutput(failure);
          const catcher = state.Catch?.find(({ ErrorEquals }) =>
            ErrorEquals.some((each) => each === 'States.ALL' || each === errorOutput.Error),
          );
          if (!catcher) throw failure;
          await take({ Output: errorOutput, ...catcher }, { errorOutput });
          name = catcher.Next;
          continue;
        }
      } else await take(state, {});
    } catch (failure) {
      const { Error: error, Cause: cause = '' } = asErrorOutput(failure);
      return { states, asked, variables, end: { error, cause } };
    }
    if (state.Type === 'Succeed' || ('End' in state && state.End)) {
      return { states, asked, variables, end: { output: given } };
    }
    name = String((state as Fields).Next);
  }
  throw new Error(`It goes round in a circle: ${states.slice(-6).join(' → ')}`);
}

async function chosen(rules: readonly Fields[], variables: Variables): Promise<Fields | undefined> {
  for (const rule of rules) {
    const holds = await evaluate(rule.Condition, variables);
    if (typeof holds !== 'boolean') throw new QueryEvaluationError(`${rule.Condition} gives no boolean.`);
    if (holds) return rule;
  }
  return undefined;
}

const isTaskError = (value: unknown): value is TaskError =>
  value !== null && typeof value === 'object' && 'error' in value;

function asErrorOutput(failure: unknown): { readonly Error: string; readonly Cause?: string } {
  if (failure instanceof QueryEvaluationError) return { Error: failure.name, Cause: failure.message };
  if (!isTaskError(failure)) throw failure;
  return { Error: failure.error, ...(failure.cause === undefined ? {} : { Cause: failure.cause }) };
}
