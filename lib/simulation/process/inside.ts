import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scheduled } from '../time/timeline.ts';

/** A command of the AWS SDK. */
export interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

/** `UpdateItem` */
export function commandName({ constructor: { name } }: Command): string {
  return name.endsWith('Command') ? name.slice(0, -'Command'.length) : name;
}

/** What code that runs in a simulation, or in a test, meets of its process and beyond it. */
export interface Inside {
  /** Environment variables; others are those of the real process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Epoch milliseconds. The process's clock when left out. */
  now?(): number;
  /** From 0 up to 1. The process's chance when left out. */
  random?(): number;
  /** The process's when left out. */
  uuid?(): string;
  /** What timers do. The process's when left out. */
  after?(milliseconds: number, act: () => void): Scheduled;
  /** Takes the place of every AWS client's `send`. */
  send(command: Command, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
  fetch(address: string, options?: RequestInit): Promise<Response>;
  /** @returns whether the line is to be written by the process's console as well */
  log(...line: unknown[]): boolean;
}

const running = new AsyncLocalStorage<Inside>();

/** Runs something in a simulation, with all that follows from it. */
export const runInside = <T>(inside: Inside, act: () => T): T => running.run(inside, act);

/** The simulation that the caller runs in, if it runs in one. */
export const currentInside = (): Inside | undefined => running.getStore();
