import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The package as somebody gets it: the packed files in a folder under the system's temporary one, where nothing of this
 * repository can be found by accident. What the package declares that it needs is linked beside it, and nothing else, so
 * that an import of anything undeclared fails; the linked packages find their own dependencies where they really stand.
 */
export const root = join(import.meta.dirname, '..', '..');

/** What an app brings along itself. */
const APP = ['zod', '@types/node'];

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<'breakwater', string>>;
  readonly exports: Readonly<
    Record<string, string | Readonly<Record<'import' | 'require', { readonly default: string }>>>
  >;
  readonly dependencies: Readonly<Record<string, string>>;
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
export const appFolder = (name: 'app' | 'without-cdk'): string => join(place(), name);

/** The package inside an app. */
export const packageFolder = (app: 'app' | 'without-cdk' = 'app'): string =>
  join(appFolder(app), 'node_modules', 'breakwater');

export const manifest = (): Manifest =>
  JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as Manifest;

/** What is imported: `breakwater`, `breakwater/runtime`, … */
export const doors = (): readonly string[] =>
  Object.keys(manifest().exports)
    .filter((path) => path !== './package.json')
    .map((path) => join('breakwater', path));

export function install(name: 'app' | 'without-cdk', further: readonly ('peers' | 'app')[]): void {
  const { peerDependencies } = installInto(appFolder(name));
  link(appFolder(name), [
    ...(further.includes('peers') ? Object.keys(peerDependencies) : []),
    ...(further.includes('app') ? APP : []),
  ]);
}

/** What `npm install` of the tarball gives an app, with what the package itself depends on. */
export function installInto(app: string): Manifest {
  const folder = join(app, 'node_modules', 'breakwater');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball(), '-C', folder, '--strip-components=1']);
  const installed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
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
