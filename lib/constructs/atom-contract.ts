import type { AnyContract } from '../contract/index.ts';

/** What a construct has to know of a contract: all but its schemas and examples. */
export type AtomContract = Pick<
  AnyContract,
  'name' | 'version' | 'summary' | 'effect' | 'timeout' | 'failures' | 'uses' | 'dependency' | 'undoes'
>;
