import { dirname, join } from 'node:path';
import type { BundleEntry } from '../constructs/index.ts';
import type { Found, FoundWorkflow } from './discovery.ts';

/** The outside providers that the sandbox plays, by the dependency's name. */
export const SANDBOX_PROVIDERS = ['payments', 'carrier'] as const;

/** Every Lambda of the app, by the name of its bundle. */
export function bundleEntries(root: string, found: Found): readonly BundleEntry[] {
  return [
    ...found.atoms.map(({ contract, file }) => ({ name: contract.name, file })),
    ...found.functions.map(({ name, file }) => ({ name, file })),
    ...found.workflows.filter(({ workflow }) => workflow.startedBy).map((each) => admissionEntry(root, each)),
    ...SANDBOX_PROVIDERS.map((name) => ({
      name: sandboxBundle(name),
      file: join(root, 'lib', 'sandbox', name, 'handler.ts'),
    })),
  ];
}

export const sandboxBundle = (provider: string): string => `sandbox-${provider}`;
export const admissionBundle = (workflow: string): string => `admit-${workflow}`;

/** Admission is the same for every workflow but for its schema: its entry is text, and no file has to be kept. */
const admissionEntry = (root: string, { workflow, exportName, file }: FoundWorkflow): BundleEntry => ({
  name: admissionBundle(workflow.plan.name),
  folder: dirname(file),
  source: [
    `import { admit } from ${JSON.stringify(join(root, 'lib', 'runtime', 'index.ts'))};`,
    `import { ${exportName} } from ${JSON.stringify(file)};`,
    `export const handler = admit(${exportName});`,
  ].join('\n'),
});
