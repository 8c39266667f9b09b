import { dirname, join } from 'node:path';
import type { BundleEntry } from '../constructs/index.ts';
import type { Found, FoundWorkflow } from './discovery.ts';

/** The outside providers that the sandbox describes, by the dependency's name. */
const DESCRIBED_PROVIDERS: readonly string[] = ['payments', 'carrier'];

/** What the sandbox plays: the providers that it describes, and whatever else the contracts depend on. */
export function playedProviders({ atoms }: Found): readonly string[] {
  const dependencies = atoms.flatMap(({ contract }) => contract.dependency?.name ?? []);
  return [...new Set([...DESCRIBED_PROVIDERS, ...dependencies])];
}

/** Stands before existing functions, of which this app has none. */
const CALL_FUNCTION = 'call-function';

/** Every Lambda of the app, by the name of its bundle. */
export function bundleEntries(root: string, found: Found): readonly BundleEntry[] {
  return [
    ...found.atoms.map(({ contract, file }) => ({ name: contract.name, file })),
    ...found.functions.filter(({ name }) => name !== CALL_FUNCTION).map(({ name, file }) => ({ name, file })),
    ...found.workflows.filter(({ workflow }) => workflow.startedBy).map((each) => admissionEntry(root, each)),
    ...playedProviders(found).map((name) => sandboxEntry(root, name)),
  ];
}

export const sandboxBundle = (provider: string): string => `sandbox-${provider}`;
export const admissionBundle = (workflow: string): string => `admit-${workflow}`;

function sandboxEntry(root: string, provider: string): BundleEntry {
  const name = sandboxBundle(provider);
  const folder = join(root, 'lib', 'sandbox');
  if (DESCRIBED_PROVIDERS.includes(provider)) return { name, file: join(folder, provider, 'handler.ts') };
  const source = [
    "import { anything, serveProvider } from './index.ts';",
    `export const handler = serveProvider(anything(${JSON.stringify(provider)}));`,
  ].join('\n');
  return { name, folder, source };
}

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
