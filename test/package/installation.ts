import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The package as somebody gets it: the packed files in a folder under the system's temporary one, where nothing of this
 * repository can be found by accident. What the package declares that it needs is linked beside it, and nothing else, so
 * that an import of anything undeclared fails; the linked packages find their own dependencies where they really stand.
 */
export const root = join(import.meta.dirname, '..', '..');

/** What an app brings along itself. */
const APP = ['zod', '@types/node'];

export type App = 'app' | 'without-cdk';

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<'breakwater', string>>;
  readonly exports: Readonly<
    Record<string, string | Readonly<Record<'import' | 'require', { readonly default: string }>>>
  >;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** The folder that the apps stand in. */
const place = (): string => {
  const { BREAKWATER_PACKAGE } = process.env;
  if (!BREAKWATER_PACKAGE) throw new Error('BREAKWATER_PACKAGE is not set: run this in the jest project "package".');
  return BREAKWATER_PACKAGE;
};

export const tarball = (): string => {
  const [file] = readdirSync(place()).filter((each) => each.endsWith('.tgz'));
  return join(place(), file ?? '');
};

/** An app that has the package installed. */
export const appFolder = (name: App): string => join(place(), name);

/** The package inside an app. */
export const packageFolder = (app: App = 'app'): string => join(appFolder(app), 'node_modules', 'breakwater');

export const manifest = (): Manifest => manifestOf(packageFolder());

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** What is imported: `breakwater`, `breakwater/runtime`, … */
export const doors = (): readonly string[] =>
  Object.keys(manifest().exports)
    .filter((path) => path !== './package.json')
    .map((path) => join('breakwater', path));

/** @param name with CDK, or as somebody has it who only runs handlers or starts workflows */
export function install(name: App): void {
  const { peerDependencies } = installInto(appFolder(name));
  if (name === 'app') link(appFolder(name), [...Object.keys(peerDependencies), ...APP]);
}

/** What `npm install` of the tarball gives an app, with what the package itself depends on. */
export function installInto(app: string): Manifest {
  const folder = join(app, 'node_modules', 'breakwater');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball(), '-C', folder, '--strip-components=1']);
  const installed = manifestOf(folder);
  link(app, Object.keys(installed.dependencies));
  const command = join(app, 'node_modules', '.bin', 'breakwater');
  mkdirSync(dirname(command), { recursive: true });
  symlinkSync(join(folder, installed.bin.breakwater), command);
  chmodSync(command, 0o755);
  return installed;
}

/** Puts packages of this project beside what an app has. */
export function link(app: string, packages: readonly string[]): void {
  for (const each of packages) {
    const path = join(app, 'node_modules', each);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { recursive: true, force: true });
    symlinkSync(join(root, 'node_modules', each), path, 'junction');
  }
}

/** Installs it from the registry, with the oldest CDK that package.json allows. */
export function installWithOldestPeers(): void {
  const cwd = appFolder('app');
  const { peerDependencies, dependencies, devDependencies } = manifestOf(root);
  const oldest = Object.entries(peerDependencies).map(([each, range]) => `${each}@${range.replace('^', '')}`);
  const packages = [...oldest, ...APP.map((each) => `${each}@${{ ...dependencies, ...devDependencies }[each]}`)];
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball(), ...packages], { cwd, stdio: 'pipe' });
}
