export { type DevelopOptions, develop } from './develop.ts';
export { DevelopmentError } from './errors.ts';
export type { DevelopmentEvent, Tell } from './events.ts';
export { Inbox } from './inbox.ts';
export type { Definition, LaidOutFunction, LaidOutWorkflow, Layout } from './layout.ts';
export type { ProjectTools } from './rounds.ts';
export { showEvent } from './show.ts';
