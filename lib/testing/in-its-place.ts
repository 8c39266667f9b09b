import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Outside } from './outside.ts';

/**
 * Puts a test's outside in the place of AWS, the network and the environment while an atom runs. What is put there asks
 * who calls: whatever else runs in the process at that time reaches what it always reached, and atoms that run side by
 * side meet each its own outside. Only environment variables are the process's.
 */
export async function inItsPlace<T>(outside: Outside, act: () => Promise<T>): Promise<T> {
  const restore = [putVariables(outside.variables), enter()];
  try {
    return await running.run(outside, act);
  } finally {
    for (const each of restore) each();
  }
}

const running = new AsyncLocalStorage<Outside>();
let entered = 0;
let leave: () => void = () => undefined;

/** Replaced by the first that enters, put back by the last that leaves. */
function enter(): () => void {
  if (entered === 0) {
    const puts = [putSend(), putFetch(), putLog()];
    leave = () => {
      for (const put of puts) put();
    };
  }
  entered += 1;
  return () => {
    entered -= 1;
    if (entered === 0) leave();
  };
}

/** All clients of the SDK inherit one `send`: whichever a handler makes, it is played or refused. */
function putSend(): () => void {
  type Send = (this: unknown, command: Parameters<Outside['send']>[0], ...rest: unknown[]) => unknown;
  const owner = ownerOf(DynamoDBClient.prototype, 'send') as { send: Send };
  const { send } = owner;
  owner.send = function (command, ...rest) {
    return running.getStore()?.send(command) ?? send.call(this, command, ...rest);
  };
  return () => {
    owner.send = send;
  };
}

function putFetch(): () => void {
  const { fetch } = globalThis;
  globalThis.fetch = (address, options) => running.getStore()?.fetch(address, options) ?? fetch(address, options);
  return () => {
    globalThis.fetch = fetch;
  };
}

/**
 * Lines of JSON are kept for the test. Those that the runtime writes for each delivery go no further, which a test's
 * output is better without; a handler's own lines pass.
 */
function putLog(): () => void {
  const { log } = console;
  console.log = (...line) => {
    const [text] = line;
    const outside = running.getStore();
    const isLine = outside !== undefined && line.length === 1 && /^\{"level":/.test(String(text));
    if (isLine) outside.log.push(JSON.parse(String(text)));
    if (!(isLine && /"happening":/.test(String(text)))) log(...line);
  };
  return () => {
    console.log = log;
  };
}

function ownerOf(prototype: object, method: string): object {
  if (Object.hasOwn(prototype, method)) return prototype;
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (!parent) throw new TypeError(`No prototype has a method ${method}.`);
  return ownerOf(parent, method);
}

const variables = { users: 0, before: new Map<string, string | undefined>() };

function putVariables(values: Readonly<Record<string, string>>): () => void {
  variables.users += 1;
  for (const [name, value] of Object.entries(values)) {
    if (!variables.before.has(name)) variables.before.set(name, process.env[name]);
    process.env[name] = value;
  }
  return () => {
    variables.users -= 1;
    if (variables.users > 0) return;
    for (const [name, value] of variables.before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    variables.before.clear();
  };
}
