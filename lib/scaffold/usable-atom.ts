import { contractId, type Effect, leavesSomething, type PlainSchema, sampleOf } from '../contract/index.ts';
import type { KnownAtom, Project } from './project.ts';
import { readSchema } from './schema/json-schema.ts';

/** An atom as a workflow uses it: one that stands there, or one that is about to be written. */
export interface UsableAtom {
  readonly name: string;
  readonly identifier: string;
  /** Its contract.ts, from the project's folder. */
  readonly file: string;
  readonly effect: Effect['kind'];
  /** Whether a workflow hands it work and goes on: a duplicate harms nobody, and there is nothing to hear of. */
  readonly isSent: boolean;
  /** Names of its declared failures. */
  readonly failures: readonly string[];
  readonly input: PlainSchema;
  readonly output: PlainSchema;
  /** The atom that undoes it, where there is one. */
  readonly undo?: { readonly name: string; readonly identifier: string; readonly file: string };
}

export function usable(project: Project, { contract, identifier, file }: KnownAtom): UsableAtom {
  const { effect } = contract;
  const undo = project.atoms.find((other) => other.contract.undoes?.name === contract.name);
  return {
    name: contract.name,
    identifier,
    file,
    effect: effect.kind,
    isSent: effect.kind === 'none' && !leavesSomething(effect) && Object.keys(contract.failures).length === 0,
    failures: Object.keys(contract.failures),
    input: readSchema(contract.input, 'input', `input of ${contractId(contract)}`),
    output: readSchema(contract.output, 'output', `output of ${contractId(contract)}`),
    ...(undo ? { undo: { name: undo.contract.name, identifier: undo.identifier, file: undo.file } } : {}),
  };
}

/** An input of an atom and what it answers, from its examples where it has some. */
export function sampleStep({ contract }: KnownAtom): { readonly input: unknown; readonly output: unknown } {
  const example = contract.examples.find((each) => 'output' in each);
  if (example && 'output' in example) return { input: example.input, output: example.output };
  const id = contractId(contract);
  return {
    input: sampleOf(readSchema(contract.input, 'input', `input of ${id}`), 'input'),
    output: sampleOf(readSchema(contract.output, 'output', `output of ${id}`), 'output'),
  };
}
