import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';

interface ExplainOptions {
  readonly definitions?: string;
  readonly json?: boolean;
}

/** `breakwater explain [folder]`: what of a synthesised CDK app is Breakwater's. */
export const explainCommand = (): Command =>
  new Command('explain')
    .description(
      'Tells what Breakwater adds to a CDK app: resources, roles, dollars at rest, what ties it to the rest, and how to leave. Reads what "cdk synth" wrote; talks to nobody.',
    )
    .argument('[folder]', 'the cloud assembly', 'cdk.out')
    .option('--definitions <folder>', 'write the state machines there, as plain Amazon States Language')
    .option('--json', 'print the explanation for scripts')
    .addHelpText('after', '\nExample:\n  npx cdk synth --quiet && npx breakwater explain')
    .action(async (folder: string, { definitions, json = false }: ExplainOptions) => {
      // Loads CDK, which no other command should wait for.
      const { definitionsIn, explain, explanationText, readAssembly } = await import('../../lib/assembly/index.ts');
      const assembly = readAssembly(folder);
      const written = definitions ? await writeDefinitions(definitions, definitionsIn(assembly)) : [];
      const explanation = explain(assembly);
      if (json) console.log(JSON.stringify({ ...explanation, written }));
      else console.log([explanationText(explanation), ...written.map((file) => `wrote ${file}`)].join('\n'));
    });

async function writeDefinitions(
  folder: string,
  definitions: readonly { readonly name: string; readonly definition: unknown; readonly substitutions: object }[],
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    definitions.flatMap(({ name, definition, substitutions }) =>
      [
        { file: join(folder, `${name}.asl.json`), content: definition },
        { file: join(folder, `${name}.substitutions.json`), content: substitutions },
      ].map(async ({ file, content }) => {
        await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
        return file;
      }),
    ),
  );
}
