import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import type { Definition } from '../../lib/assembly/index.ts';

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
    .option(
      '--definitions <folder>',
      'write the state machines there, as plain Amazon States Language: <stack>/<name>.asl.json',
    )
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

/** A folder for each stack: two stages of an app may give their machines the same names, in two accounts. */
async function writeDefinitions(folder: string, definitions: readonly Definition[]): Promise<readonly string[]> {
  const written = definitions.map(async ({ stack, name, definition, substitutions }) => {
    const base = join(folder, stack, name);
    await mkdir(dirname(base), { recursive: true });
    return Promise.all([
      writeJson(`${base}.asl.json`, definition),
      writeJson(`${base}.substitutions.json`, substitutions),
    ]);
  });
  return (await Promise.all(written)).flat();
}

async function writeJson(file: string, content: unknown): Promise<string> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}
