export { AppAccess, type ExecutionState, type OutgoingEvent } from './app-access.ts';
