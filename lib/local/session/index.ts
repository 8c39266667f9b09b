export { EmulatorDied } from './died.ts';
export { INTERRUPTED_CODE, Interrupted, type Interruption, listenForInterruption } from './interruption.ts';
export { Session, type SessionOptions } from './session.ts';
export { checkTypes, TypesWrong } from './type-check.ts';
