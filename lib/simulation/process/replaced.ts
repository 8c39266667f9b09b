import { createRequire, syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Scheduled } from '../time/timeline.ts';
import { type Command, currentInside, type Inside, runInside } from './inside.ts';
import { reached } from './reach.ts';

/**
 * Has simulated code meet simulated time, chance, network, AWS and environment for as long as something runs. What is
 * put in their place asks who calls: whatever else runs in the process reaches what it always reached.
 */
export async function withReplacedProcess<T>(act: () => Promise<T>): Promise<T> {
  users += 1;
  if (users === 1) restore = REPLACEMENTS.map((replace) => replace());
  try {
    return await act();
  } finally {
    users -= 1;
    if (users === 0) for (const each of restore.toReversed()) each();
  }
}

let users = 0;
let restore: readonly (() => void)[] = [];

/** Puts a value in the place of a property; gives what puts it back. */
function put<Owner extends object, Name extends keyof Owner>(owner: Owner, name: Name, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, enumerable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(owner, name, before);
    else delete owner[name];
  };
}

const REPLACEMENTS: readonly (() => () => void)[] = [
  replaceDate,
  replaceTimers,
  replaceChance,
  replaceSend,
  () => {
    const { fetch } = globalThis;
    return put(globalThis, 'fetch', (address: unknown, options?: RequestInit) => {
      reached('fetch()');
      const inside = currentInside();
      return inside ? inside.fetch(String(address), options) : fetch(address as string, options);
    });
  },
  replaceConsole,
  () => {
    const { env } = process;
    // A copy: Node asks the operating system for each variable, and a proxy looks at its target whatever the trap says.
    const seen = new Proxy<NodeJS.ProcessEnv>(Object.assign(Object.create(Object.getPrototypeOf(env)), env), {
      get: (copy, name) => currentInside()?.variables[name as string] ?? copy[name as string],
      set: (copy, name, value) => {
        Reflect.set(env, name, value);
        return Reflect.set(copy, name, env[name as string]);
      },
      defineProperty: (copy, name, descriptor) =>
        Reflect.defineProperty(env, name, descriptor) && Reflect.defineProperty(copy, name, descriptor),
      deleteProperty: (copy, name) => Reflect.deleteProperty(env, name) && Reflect.deleteProperty(copy, name),
      has: (target, name) => name in (currentInside()?.variables ?? {}) || name in target,
      ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...Object.keys(currentInside()?.variables ?? {})])],
      getOwnPropertyDescriptor: (target, name) => {
        const value = currentInside()?.variables[name as string];
        return value === undefined
          ? Reflect.getOwnPropertyDescriptor(target, name)
          : { value, configurable: true, enumerable: true, writable: true };
      },
    });
    return put(process, 'env', seen);
  },
];

function replaceConsole(): () => void {
  const puts = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => {
    const { [name]: write } = console;
    return put(console, name, (...line: unknown[]) => {
      const inside = currentInside();
      if (!inside || inside.log(...line)) write(...line);
    });
  });
  return () => {
    for (const each of puts) each();
  };
}

function replaceDate(): () => void {
  const Real = Date;
  const current = (): number => currentInside()?.now?.() ?? Real.now();
  const now = (): number => {
    reached('Date.now()');
    return current();
  };
  const Replaced = new Proxy(Real, {
    construct: (target, args, self) => {
      if (args.length > 0) return Reflect.construct(target, args, self) as Date;
      reached('new Date()');
      return Reflect.construct(target, [current()], self) as Date;
    },
    apply: (target) => new target(now()).toString(),
    get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
  });
  return put(globalThis, 'Date', Replaced);
}

/** What a timer is in a simulation; `ref` and `unref` mean nothing there. */
class Timer {
  scheduled: Scheduled | undefined;

  cancel(): void {
    this.scheduled?.cancel();
    this.scheduled = undefined;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Node's own: what is no number from 1 up to this is taken for 1. */
const LONGEST_TIMER = 2 ** 31 - 1;

const delayOf = (milliseconds: number): number =>
  milliseconds >= 1 && milliseconds <= LONGEST_TIMER ? milliseconds : 1;

type Timed = Required<Pick<Inside, 'after'>> & Inside;

/** The simulation that the caller runs in, if its timers are not the process's. */
function currentTimed(): Timed | undefined {
  const inside = currentInside();
  return inside?.after ? (inside as Timed) : undefined;
}

function replaceTimers(): () => void {
  const {
    setTimeout: timeout,
    setInterval: interval,
    setImmediate: immediate,
    clearTimeout: clear,
    clearImmediate: clearNow,
  } = globalThis;
  const start = (inside: Timed, act: () => void, milliseconds: number, again: boolean): Timer => {
    const timer = new Timer();
    const begin = (): void => {
      timer.scheduled = inside.after(delayOf(milliseconds), () => {
        if (again) begin();
        runInside(inside, act);
      });
    };
    begin();
    return timer;
  };
  type Act = (...args: unknown[]) => void;
  type Sleep = (
    milliseconds?: number,
    value?: unknown,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<unknown>;
  // The module itself, not its frozen namespace; whose file asks for a built-in makes no difference.
  const timers = createRequire(process.execPath)('node:timers/promises') as { setTimeout: unknown };
  const { setTimeout: sleep } = timers as { setTimeout: Sleep };
  const replacedSleep: Sleep = (milliseconds = 1, value, options) => {
    const inside = currentTimed();
    if (!inside) return sleep(milliseconds, value, options);
    const { signal } = options ?? {};
    return new Promise((resolve, reject) => {
      const timer = start(inside, () => resolve(value), milliseconds, false);
      const abort = (): void => {
        timer.cancel();
        reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal?.reason }));
      };
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  };
  const stop = (timer: unknown): void => (timer instanceof Timer ? timer.cancel() : clear(timer as NodeJS.Timeout));
  const replacedTimeout = (act: Act, milliseconds = 0, ...args: unknown[]): Timer | NodeJS.Timeout => {
    const inside = currentTimed();
    return inside ? start(inside, () => act(...args), milliseconds, false) : timeout(() => act(...args), milliseconds);
  };
  const puts = [
    put(globalThis, 'setTimeout', Object.assign(replacedTimeout, { [promisify.custom]: replacedSleep })),
    put(globalThis, 'setInterval', (act: Act, milliseconds = 0, ...args: unknown[]) => {
      const inside = currentTimed();
      return inside
        ? start(inside, () => act(...args), milliseconds, true)
        : interval(() => act(...args), milliseconds);
    }),
    put(globalThis, 'setImmediate', (act: Act, ...args: unknown[]) => {
      const inside = currentTimed();
      return inside ? start(inside, () => act(...args), 1, false) : immediate(() => act(...args));
    }),
    put(globalThis, 'clearImmediate', (timer: unknown) =>
      timer instanceof Timer ? timer.cancel() : clearNow(timer as NodeJS.Immediate),
    ),
    put(globalThis, 'clearTimeout', stop),
    put(globalThis, 'clearInterval', stop),
    put(timers, 'setTimeout', replacedSleep),
  ];
  // Who imported it by name keeps what it was until Node is told.
  syncBuiltinESMExports();
  return () => {
    for (const each of puts) each();
    syncBuiltinESMExports();
  };
}

function replaceChance(): () => void {
  const { random } = Math;
  const { randomUUID } = crypto;
  const puts = [
    put(Math, 'random', () => {
      reached('Math.random()');
      return currentInside()?.random?.() ?? random();
    }),
    put(crypto, 'randomUUID', () => {
      reached('crypto.randomUUID()');
      return currentInside()?.uuid?.() ?? randomUUID.call(crypto);
    }),
  ];
  return () => {
    for (const each of puts) each();
  };
}

/** All clients of the SDK inherit one `send`: whichever a handler makes, it is played or refused. */
function replaceSend(): () => void {
  type Send = (this: unknown, command: Command, ...rest: unknown[]) => unknown;
  const owner = ownerOf(DynamoDBClient.prototype, 'send') as { send: Send };
  const { send } = owner;
  return put(owner, 'send', function (this: unknown, command: Command, ...rest: unknown[]) {
    reached(`send(${command.constructor.name})`);
    const inside = currentInside();
    return inside ? inside.send(command, rest[0] as { abortSignal?: AbortSignal }) : send.call(this, command, ...rest);
  });
}

function ownerOf(prototype: object, method: string): object {
  if (Object.hasOwn(prototype, method)) return prototype;
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (!parent) throw new TypeError(`No prototype has a method ${method}.`);
  return ownerOf(parent, method);
}
