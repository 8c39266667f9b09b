import { minutes, pure, seconds, unguarded } from '../contract/index.ts';
import type { AtomUse } from '../workflow/index.ts';

/**
 * The platform's atoms that every compiled workflow uses, as a plan knows them. Their contracts stand beside their
 * handlers in lambdas/platform; a test holds the two together.
 */
export const parkSteps: AtomUse = Object.freeze({
  name: 'park-steps',
  version: '1.0.0',
  effect: unguarded({ duplicates: 'harmless' }),
  timeout: seconds(10),
  failures: Object.freeze([]),
  calledDirectly: false,
});

export const inspectExecution: AtomUse = Object.freeze({
  name: 'inspect-execution',
  version: '1.0.0',
  effect: pure,
  timeout: minutes(1),
  failures: Object.freeze([]),
  calledDirectly: true,
});
