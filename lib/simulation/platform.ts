import { handler as answerDeadLetters } from '../../lambdas/platform/answer-dead-letters/handler.ts';
import { handler as inspectExecution } from '../../lambdas/platform/inspect-execution/handler.ts';
import { handler as parkSteps } from '../../lambdas/platform/park-steps/handler.ts';
import { handler as startUndo } from '../../lambdas/platform/start-undo/handler.ts';
import { handler as sweepExecutions } from '../../lambdas/platform/sweep-executions/handler.ts';
import { type Admissible, admit } from '../runtime/index.ts';
import type { Code } from './functions/invocation.ts';

/** The platform's own Lambdas, the real ones: every workflow uses them. */
export const platformAtoms = [parkSteps, inspectExecution] as const;

/** A Lambda of the platform that is no atom, as the platform's stack sets it up. */
export interface PlatformFunction {
  readonly name: string;
  readonly code: Code;
  readonly timeoutMilliseconds: number;
  readonly visibilityMilliseconds: number;
  /** Deliveries of a message before it goes to the dead-letter queue. */
  readonly receives: number;
  readonly concurrency: number;
}

const worker = (name: string, code: unknown, own: Partial<PlatformFunction> = {}): PlatformFunction => ({
  name,
  code: code as Code,
  timeoutMilliseconds: 30_000,
  visibilityMilliseconds: 180_000,
  receives: 10,
  concurrency: 10,
  ...own,
});

/** Hears of executions that were ended from outside. */
export const undoStarter = worker('start-undo', startUndo);

/** Lets events in: one function a workflow. */
export const admission = (workflow: Admissible): PlatformFunction =>
  worker(`admit-${workflow.plan.name}`, admit(workflow), { receives: 100 });

/** Hears of the dead letters of all atoms. */
export const letterOffice = worker('answer-dead-letters', answerDeadLetters, { receives: 100, concurrency: 2 });

/** Looks every five minutes what no event told of. */
export const sweeper = worker('sweep-executions', sweepExecutions, { timeoutMilliseconds: 240_000 });
