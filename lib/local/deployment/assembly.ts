import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A stack of a cloud assembly, as CDK's synthesis writes it. */
export interface AssemblyStack {
  readonly name: string;
  readonly resources: number;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly properties?: { readonly templateFile?: string } }>
  >;
}

/** The stacks of an assembly, in the order of its manifest: what a stack needs stands before it. */
export async function readStacks(assembly: string): Promise<readonly AssemblyStack[]> {
  const { artifacts }: Manifest = JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  return Promise.all(
    stacks.map(async ([name, { properties }]) => {
      const template = await readFile(join(assembly, properties?.templateFile ?? `${name}.template.json`), 'utf8');
      const { Resources = {} } = JSON.parse(template) as { Resources?: Readonly<Record<string, unknown>> };
      return { name, resources: Object.keys(Resources).length };
    }),
  );
}
