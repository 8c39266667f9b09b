import { createHash } from 'node:crypto';
import type { StepKey } from './record.ts';

/** Chance and identifiers that a handler draws. */
export interface Chance {
  /**
   * A number from 0 up to 1, evenly distributed: the n-th call gives the same in every attempt of this step, and another
   * in every other step. It follows from the step's key, so it keeps no secret.
   */
  random(): number;
  /**
   * An identifier, a UUID (version 5) that follows from the step's key: the same in every attempt, so that what an
   * attempt made before it was lost is found by the next one and not made again. Not for secrets: whoever knows the
   * order's id can work it out.
   * @param name what it is for, such as `line-3`. Left out, it is the n-th one of this attempt: name those whose order
   *   may change between attempts
   */
  id(name?: string): string;
}

/**
 * Chance and identifiers of one attempt. They follow from the step's key and a counter that each attempt begins anew, so
 * that every attempt of a step has the same ones: a retried write meets what the lost attempt wrote.
 */
export function chance({ execution, step }: StepKey): Chance {
  const key = `${execution}/${step}`;
  let numbers = 0;
  let ids = 0;
  return {
    random: () => {
      numbers += 1;
      const bytes = createHash('sha256').update(`${key}#random#${numbers}`).digest();
      // 53 bits, as many as a number between 0 and 1 has.
      return Number(bytes.readBigUInt64BE() >> 11n) / 2 ** 53;
    },
    id: (name) => {
      if (name === undefined) ids += 1;
      return uuid(name === undefined ? `${key}#${ids}` : `${key}#named#${name}`);
    },
  };
}

/** Version 5, from a name (RFC 9562, section 5.5). */
function uuid(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Breakwater's own, drawn once: 7c1e4f0a-9d52-5b6e-8f31-2a64c0de9b17. */
const NAMESPACE = Buffer.from('7c1e4f0a9d525b6e8f312a64c0de9b17', 'hex');
