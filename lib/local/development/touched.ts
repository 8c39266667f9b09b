import type { Sources } from './sources.ts';

const ATOM_OR_WORKFLOW = /^(lambdas|state-machines)\/[^/]+\/[^/]+\/(contract|handler|workflow)\.ts$/;
const SETTINGS = new Set(['cdk.json']);

/**
 * Whether what is deployed may differ, and not only what Lambdas do.
 * @param exists whether a file is there: what was saved may have been removed
 */
export function touchesStructure(
  files: readonly string[],
  sources: Sources,
  exists: (file: string) => boolean,
): boolean {
  const appearsOrGoes = (file: string): boolean =>
    ATOM_OR_WORKFLOW.test(file) && !(exists(file) && (sources.isBundled(file) || sources.isDeclared(file)));
  return files.some((file) => sources.isDeclared(file) || SETTINGS.has(file) || appearsOrGoes(file));
}
