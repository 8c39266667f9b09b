import type { Construct } from 'constructs';
import { contractId } from '../contract/index.ts';
import type { AtomContract } from './atom-contract.ts';
import { BreakwaterSynthError } from './errors.ts';

/**
 * Holds that what is reserved for an atom leaves room beside its queue: Lambda's pollers use up a message's receives
 * when they are throttled, and a settle, which is called directly, has to find a place.
 * @throws BreakwaterSynthError saying what to pass
 */
export function checkReserved(
  atom: Construct,
  contract: AtomContract,
  maxConcurrency: number,
  reservedConcurrency: number | undefined,
): void {
  if (reservedConcurrency === undefined || reservedConcurrency > maxConcurrency) return;
  throw new BreakwaterSynthError(
    atom,
    `${contractId(contract)} reserves a concurrency of ${reservedConcurrency}, and its queue may use ${maxConcurrency}: settling its steps would find no place. Pass a reservedConcurrency above ${maxConcurrency} to its Atom, or a maxConcurrency below ${reservedConcurrency} (AWS allows 2 to 1,000).`,
  );
}
