import { AsyncLocalStorage } from 'node:async_hooks';

type Note = (what: string) => void;

const watched = new AsyncLocalStorage<Note | undefined>();

/** Runs code that is to reach nothing but what it was given: told of each clock, chance, id, network or client it asks. */
export const watchReach = <T>(note: Note, act: () => T): T => watched.run(note, act);

/** Runs what such code was given: it may reach whatever it likes. */
export const unwatched = <T>(act: () => T): T => watched.run(undefined, act);

/** Says that something of the process was asked. Packages may ask what they like: a logger needs the time of day. */
export function reached(what: string): void {
  const note = watched.getStore();
  if (note && !isOfPackage(new Error().stack ?? '')) note(what);
}

/** Whether the nearest caller outside this folder is a file of a package. */
function isOfPackage(stack: string): boolean {
  const callers = stack.split('\n').slice(1);
  const nearest = callers.find((line) => !/[\\/]simulation[\\/]process[\\/]/.test(line));
  return nearest?.includes('node_modules') ?? false;
}
