export { type AtomRequest, planAtom } from './atom.ts';
export { apply, type Change } from './change.ts';
export {
  checkNewAtom,
  checkNewWorkflow,
  chooseDomain,
  EFFECTS,
  type EffectName,
  stepAtoms,
  undoableAtoms,
} from './choices.ts';
export { ScaffoldError } from './errors.ts';
export { formatted } from './formatted.ts';
export { objectOf, plural } from './names.ts';
export { type Project, readProject } from './project.ts';
export type { NextStep, Scaffold } from './scaffold.ts';
export { planWorkflow, type WorkflowRequest } from './workflow.ts';
