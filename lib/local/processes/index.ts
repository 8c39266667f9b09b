export { endGroup, killGroup, type Program, type ProgramEnd, runInGroup } from './group.ts';
export { findProcess, isAlive, isGroupAlive, type ProcessEntry } from './table.ts';
