/**
 * Builds what is published, into `dist`: `npm run build`, and before every `npm pack`.
 *
 * - `dist/esm` and `dist/cjs`: the rooms behind the doors that package.json names under `exports`, a file for each
 *   source file, with their declarations. Readable as they are, so they have no source maps.
 * - `dist/esm/bin`: the command line.
 * - `dist/lint`: the rules for handlers, a plugin of Biome's.
 * - `dist/lambdas/<name>`: the platform's Lambdas, bundled; `lib/constructs` deploys them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type OutputOptions, rolldown } from 'rolldown';
import { bundle, describeSizes } from '../lib/constructs/bundle.ts';
import manifest from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** Node 20 is the oldest that can run this; tsconfig.package.json holds what is published to the same. */
const TARGET = 'node20.12';

const begun = performance.now();
await rm(dist, { recursive: true, force: true });
const doors = sourcesOf(
  Object.values(manifest.exports).flatMap((door) => (typeof door === 'string' ? [] : [door.import.default])),
);
/** Run in processes of their own, so that no import leads to them. */
const workers = ['lib/constructs/bundle-entry.ts'];
const commands = sourcesOf(Object.values(manifest.bin));
const [, , lambdas] = await Promise.all([javascript(), types(), platformLambdas(), rules()]);
console.log(describeSizes(lambdas.values()));
console.log(`dist is built in ${((performance.now() - begun) / 1_000).toFixed(1)} s.`);

/** `./dist/esm/runtime/index.js` → `lib/runtime/index.ts`, `./dist/esm/bin/operator.js` → `bin/operator.ts` */
function sourcesOf(outputs: readonly string[]): readonly string[] {
  return outputs.map((output) => {
    const path = relative('dist/esm', output).replace(/\.js$/, '.ts');
    const source = path.startsWith('bin/') ? path : join('lib', path);
    if (existsSync(join(root, source))) return source;
    throw new Error(`package.json names ${output}, which is built from ${source}: there is no such file.`);
  });
}

/** Modules are kept apart, so that whoever bundles a Lambda with them takes only what it needs. */
async function javascript(): Promise<void> {
  const shared: OutputOptions = {
    preserveModules: true,
    preserveModulesRoot: 'lib',
    entryFileNames: '[name].js',
    exports: 'named',
  };
  const build = async (input: readonly string[], format: 'esm' | 'cjs'): Promise<void> => {
    const bundled = await rolldown({
      cwd: root,
      input: [...input],
      platform: 'node',
      external: /^[^./]/,
      transform: { target: TARGET },
      onLog: (_, { message }) => {
        throw new Error(message);
      },
    });
    await bundled.write({ ...shared, dir: join(dist, format), format });
    await bundled.close();
  };
  await Promise.all([build([...doors, ...workers, ...commands], 'esm'), build([...doors, ...workers], 'cjs')]);
  await writeFile(join(dist, 'cjs', 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
}

async function types(): Promise<void> {
  const made = join(root, 'build', 'package');
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  await compile(join(made, 'commands.json'), commands, {
    rootDir: root,
    noEmit: true,
    declaration: false,
    emitDeclarationOnly: false,
  });
  await declarations(made);
}

/** With the settings of tsconfig.package.json, so that nothing newer than the oldest Node is used. */
async function compile(project: string, files: readonly string[], compilerOptions: object): Promise<void> {
  await writeFile(
    project,
    JSON.stringify({
      extends: join(root, 'tsconfig.package.json'),
      compilerOptions,
      files: files.map((file) => join(root, file)),
    }),
  );
  const { status, stdout } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`What is published does not compile for ${TARGET}:\n${stdout}`);
}

/** The same for both formats: what a file is taken for follows from the package.json beside it. */
async function declarations(made: string): Promise<void> {
  // Of the platform's Lambdas, which the simulation runs, nobody needs to know the types.
  await compile(join(made, 'tsconfig.json'), doors, { rootDir: root, outDir: 'types' });
  const types = join(made, 'types', 'lib');
  for await (const file of glob('**/*.d.ts', { cwd: types })) {
    const path = join(types, file);
    await writeFile(path, withPublishedSpecifiers(await readFile(path, 'utf8')));
  }
  for (const format of ['esm', 'cjs']) await cp(types, join(dist, format), { recursive: true });
}

/** tsc leaves `./plan.ts` as it stands in declarations, and there is no such file in the package. */
function withPublishedSpecifiers(declaration: string): string {
  return declaration.replace(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2');
}

async function rules(): Promise<void> {
  await cp(join(root, 'lib', 'lint'), join(dist, 'lint'), { recursive: true });
}

/** Found by their folders: an app that uses the package has no sources to bundle them from. */
async function platformLambdas(): ReturnType<typeof bundle> {
  const platform = join(root, 'lambdas', 'platform');
  const entries = (await readdir(platform))
    .map((name) => ({ name, file: join(platform, name, 'handler.ts') }))
    .filter(({ file }) => existsSync(file));
  return bundle({ entries, into: join(dist, 'lambdas'), root });
}
