import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { simulationSource } from '../../../lib/local/simulation/index.ts';
import type { Simulation } from '../../../lib/simulation/index.ts';
import type { PlantedBug } from './bug.ts';

/**
 * The simulation of a workflow with a bug in it: everything is bundled from its source, with the edits made on the way.
 * Packages stay outside, so that AWS clients are the ones that the simulation replaces.
 * @throws Error when an edit finds nothing to replace: the code has changed, and the bug has to be planted anew
 */
export async function plant(root: string, workflow: string, bug: PlantedBug): Promise<Simulation> {
  const made = new Set<string>();
  const outfile = join(root, 'build', 'planted', `${bug.name.replaceAll(/\W+/g, '-')}-${process.pid}.mjs`);
  await build({
    stdin: { contents: entry(root, workflow), resolveDir: root, loader: 'ts' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    plugins: [editing(root, bug, made)],
  });
  const missed = bug.edits.filter(({ file }) => !made.has(file));
  if (missed.length > 0)
    throw new Error(`"${bug.name}": ${missed.map(({ file }) => file).join(', ')} is not part of the simulation.`);
  const { simulation } = (await import(pathToFileURL(outfile).href)) as { simulation: Simulation };
  await rm(outfile);
  return simulation;
}

function entry(root: string, name: string): string {
  const { workflow, world, handlers } = simulationSource(root, name);
  const path = (file: string): string => JSON.stringify(`./${relative(root, file)}`);
  return [
    `import { Simulation } from './lib/simulation/index.ts';`,
    `import { ${workflow.exportName} as workflow } from ${path(workflow.file)};`,
    `import { simulation as world } from ${path(world)};`,
    ...handlers.map((file, index) => `import { handler as atom${index} } from ${path(file)};`),
    `const atoms = [${handlers.map((_, index) => `atom${index}`).join(', ')}];`,
    'export const simulation = new Simulation({ ...world, workflow, atoms });',
  ].join('\n');
}

const editing = (root: string, bug: PlantedBug, made: Set<string>): Plugin => ({
  name: 'planted-bug',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const file = relative(root, path);
      const edits = bug.edits.filter((each) => each.file === file);
      if (edits.length === 0) return undefined;
      made.add(file);
      const source = await readFile(path, 'utf8');
      return { contents: edits.reduce((text, edit) => edited(text, edit, bug), source), loader: 'ts' };
    });
  },
});

function edited(text: string, { file, replace, by }: PlantedBug['edits'][number], { name }: PlantedBug): string {
  const parts = text.split(replace);
  if (parts.length === 2) return parts.join(by);
  throw new Error(
    `"${name}": ${JSON.stringify(replace)} stands ${parts.length - 1} times in ${file}, and has to stand there once.`,
  );
}
