export { killGroup, type Program, type ProgramEnd, runInGroup } from './group.ts';
export { findProcess, isAlive, type ProcessEntry } from './table.ts';
