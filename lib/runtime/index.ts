export { type Admissible, admit } from './admission.ts';
export type { Context } from './context.ts';
export { environment, MissingEnvironment } from './environment.ts';
export { AtomError, ContractBroken, Fenced, NotAttempted, OutcomeUnknown, Transient } from './errors.ts';
export type { Commit, Find, Handler, Served, Write } from './handler.ts';
export { DeclaredFailure, type Unchecked } from './outcome.ts';
export type { Provider, ProviderAnswer } from './provider.ts';
export { receiveEach } from './queue.ts';
export { type AtomFunction, type ServedAtom, serve } from './serve.ts';
