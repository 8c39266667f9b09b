import { createHash } from 'node:crypto';
import type { Json } from './http.ts';

/** Of what a call asks for, whatever the order of its fields. */
export const fingerprint = (operation: string, body: Json): string =>
  createHash('sha256')
    .update(`${operation}\n${canonical(body)}`)
    .digest('base64url');

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
