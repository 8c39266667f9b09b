import { handler as inspectExecution } from '../../lambdas/platform/inspect-execution/handler.ts';
import { handler as parkSteps } from '../../lambdas/platform/park-steps/handler.ts';
import { handler as startUndo } from '../../lambdas/platform/start-undo/handler.ts';
import type { Code } from './functions/invocation.ts';

/** The platform's own Lambdas, the real ones: every workflow uses them. */
export const platformAtoms = [parkSteps, inspectExecution] as const;

/** Hears of executions that were ended from outside. */
export const undoStarter = startUndo as Code;
