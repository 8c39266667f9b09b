import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import {
  type BuildOptions,
  type BuildResult,
  build,
  context,
  type Message,
  type Metafile,
  type OutputFile,
  type Plugin,
} from 'esbuild';
import { BundleError } from './bundle-error.ts';
import { lean } from './bundle-lean.ts';
import { packages } from './bundle-packages.ts';

/** One Lambda's code: a file that exports `handler`, or such a file's text where none needs to exist. */
export type BundleEntry =
  | { readonly name: string; readonly file: string }
  | {
      readonly name: string;
      readonly source: string;
      /** What the text's imports are relative to. */
      readonly folder: string;
    };

export interface BundleOptions {
  readonly entries: readonly BundleEntry[];
  /** Each bundle gets a folder of its own in here, by its name. */
  readonly into: string;
  /** What paths in errors and source maps are relative to. */
  readonly root: string;
}

/** What was written for one entry. */
export interface Bundle {
  readonly name: string;
  /** Holds index.mjs and its source map; a CDK asset. */
  readonly folder: string;
  /** Of the code, without its source map. */
  readonly bytes: number;
}

/**
 * Bundles every Lambda in one esbuild run: minified ES modules with the AWS SDK inside, which starts faster than the
 * runtime's own copy (aws-sdk-js-v3 #5516: 241 ms instead of 675) and is the version that was tested.
 * The same input gives the same bytes, so that an unchanged atom is not deployed again.
 *
 * @throws BundleError with esbuild's messages, each with its file and line
 */
export async function bundle(options: BundleOptions): Promise<ReadonlyMap<string, Bundle>> {
  if (options.entries.length === 0) return new Map();
  return write(build(settings(options)), options);
}

/** Bundles the same entries again and again; what has not changed since the last time is not parsed again. */
export interface Bundler {
  /** The same bytes as `bundle`. @throws BundleError */
  bundle(): Promise<ReadonlyMap<string, Bundle>>;
  dispose(): Promise<void>;
}

export async function openBundler(options: BundleOptions): Promise<Bundler> {
  const kept = await context(settings(options));
  return { bundle: () => write(kept.rebuild(), options), dispose: () => kept.dispose() };
}

/**
 * Bundles that were written before, taken as they are.
 * @throws BundleError where one is missing
 */
export async function readBundles({ entries, into }: BundleOptions): Promise<ReadonlyMap<string, Bundle>> {
  const read = async ({ name }: BundleEntry): Promise<[string, Bundle]> => {
    const folder = join(into, name);
    const { size } = await stat(join(folder, 'index.mjs')).catch((cause: unknown) => {
      throw new BundleError(`${folder} holds no index.mjs. Bundle ${name} first.`, { cause });
    });
    return [name, { name, folder, bytes: size }];
  };
  return new Map(await Promise.all(entries.map(read)));
}

/**
 * The project's own files that each entry is made of, by its name; paths are relative to the root. What is imported for
 * its types alone is not among them.
 * @throws BundleError
 */
export async function inputsOf({
  entries,
  root,
}: Pick<BundleOptions, 'entries' | 'root'>): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (entries.length === 0) return new Map();
  const { metafile } = await build({
    ...settings({ entries, root, into: root }),
    plugins: [virtualEntries(entries)],
    packages: 'external',
  }).catch(refuse);
  return new Map(
    entries.map((entry) => [
      entry.name,
      reachable('file' in entry ? relative(root, resolve(root, entry.file)) : `${VIRTUAL}:${entry.name}`, metafile),
    ]),
  );
}

/** How every Lambda is bundled. */
const settings = ({ entries, into, root }: BundleOptions) =>
  ({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({
      in: 'file' in entry ? entry.file : `${VIRTUAL}:${entry.name}`,
      out: join(entry.name, 'index'),
    })),
    outdir: into,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    // What is imported and not there would be undefined at run time: a handler, above all.
    logOverride: { 'import-is-undefined': 'error' },
    banner: { js: REQUIRE },
    plugins: [virtualEntries(entries), lean, packages],
  }) satisfies BuildOptions;

type Settings = ReturnType<typeof settings>;

async function write(
  building: Promise<BuildResult<Settings>>,
  { entries, into, root }: BundleOptions,
): Promise<ReadonlyMap<string, Bundle>> {
  const { outputFiles, metafile } = await building.catch(refuse);
  await Promise.all(outputFiles.map(writeIfChanged));
  return new Map(entries.map(({ name }) => [name, written(name, into, root, metafile)]));
}

function refuse(error: unknown): never {
  throw new BundleError(describe(messagesOf(error)), { cause: error });
}

/** The files that an entry imports, and those that they import. */
function reachable(entry: string, { inputs }: Metafile): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, external } of inputs[file]?.imports ?? []) if (!external) found.add(path);
  }
  return new Set([...found].filter((file) => !file.startsWith(`${VIRTUAL}:`)));
}

/** Lines for people: each bundle with its size, the largest first. */
export function describeSizes(bundles: Iterable<Bundle>): string {
  return [...bundles]
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ name, bytes }) => `${(bytes / 1024).toFixed(0).padStart(6)} KiB  ${name}`)
    .join('\n');
}

const VIRTUAL = 'breakwater-entry';

/** CommonJS packages inside an ES module still call require for Node's own modules. */
const REQUIRE =
  "import{createRequire as __breakwaterRequire}from'node:module';const require=__breakwaterRequire(import.meta.url);";

/** Entries that exist only as text: nothing is written that could grow stale. */
function virtualEntries(entries: readonly BundleEntry[]): Plugin {
  const sources = new Map(entries.flatMap((entry) => ('source' in entry ? [[entry.name, entry] as const] : [])));
  return {
    name: VIRTUAL,
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: new RegExp(`^${VIRTUAL}:`) }, ({ path }) => ({
        path: path.slice(VIRTUAL.length + 1),
        namespace: VIRTUAL,
      }));
      onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path }) => {
        const entry = sources.get(path);
        return entry ? { contents: entry.source, resolveDir: entry.folder, loader: 'ts' } : undefined;
      });
    },
  };
}

/** Leaves equal files alone: another process may be reading them for its own deployment. */
async function writeIfChanged({ path, contents }: OutputFile): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present && Buffer.compare(present, contents) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

function written(name: string, into: string, root: string, { outputs }: Metafile): Bundle {
  const file = join(into, name, 'index.mjs');
  const bytes = outputs[relative(root, file).replaceAll('\\', '/')]?.bytes ?? 0;
  return { name, folder: dirname(file), bytes };
}

const messagesOf = (error: unknown): readonly Message[] => {
  if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return error.errors;
  throw error;
};

const describe = (messages: readonly Message[]): string =>
  [
    'The Lambdas could not be bundled:',
    ...messages.map(({ text, location }) =>
      location ? `  ${location.file}:${location.line}:${location.column}: ${text}` : `  ${text}`,
    ),
  ].join('\n');
