import { createHash } from 'node:crypto';

/**
 * The name of the execution that an id starts: the id itself where Step Functions takes it, else its hash. Events and
 * clients name executions alike, so that one id starts one order whichever way it comes.
 */
export const executionName = (id: string): string =>
  /^[A-Za-z0-9_-]{1,80}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');

/** JSON in which the same value always has the same text, however the keys of its objects were ordered. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
