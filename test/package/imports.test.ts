import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { type App, appFolder, doors, manifest, packageFolder } from './installation.ts';
import { importedIn } from './specifiers.ts';

jest.setTimeout(300_000);

type Format = 'esm' | 'cjs';

/** What loading a door did: see probe.mjs. */
interface Probed {
  /** What it exports. */
  readonly names: readonly string[];
  readonly files: readonly string[];
  readonly changes: readonly string[];
}

const FORMATS: readonly Format[] = ['esm', 'cjs'];
const EVERY = doors().flatMap((door) => FORMATS.map((format) => [door, format] as const));
/** The one room that is about CDK. */
const WITHOUT_CDK = EVERY.filter(([door]) => door !== 'breakwater/constructs');

beforeAll(() => {
  for (const app of ['app', 'without-cdk'] as const) {
    copyFileSync(join(import.meta.dirname, 'probe.mjs'), join(appFolder(app), 'probe.mjs'));
  }
});

const probed = new Map<string, Probed>();
function probe(app: App, format: Format, door: string, packages: readonly string[] = []): Probed {
  const args = ['probe.mjs', format, door, ...packages];
  const key = [app, ...args].join(' ');
  const found =
    probed.get(key) ??
    (JSON.parse(execFileSync(process.execPath, args, { cwd: appFolder(app), encoding: 'utf8' })) as Probed);
  probed.set(key, found);
  return found;
}

/** The package's own files among those loaded, from its folder on: `dist/esm/runtime/serve.js`. */
const ownFiles = (app: App, { files }: Probed): readonly string[] => {
  const folder = realpathSync(packageFolder(app));
  return files.filter((file) => file.startsWith(folder)).map((file) => relative(folder, file).replaceAll('\\', '/'));
};

const rooms = (files: readonly string[]): ReadonlySet<string> =>
  new Set(files.filter((file) => file.split('/').length > 3).map((file) => file.split('/')[2] ?? ''));

/** The files themselves, and the packages that they import. */
const packagesIn = (app: App, files: readonly string[]): readonly string[] => [
  ...new Set(
    files
      .flatMap((file) => importedIn(readFileSync(join(packageFolder(app), file), 'utf8')))
      .filter((name) => !/^(\.|node:|breakwater\/)/.test(name)),
  ),
];

describe('an app without CDK', () => {
  test.each(WITHOUT_CDK)('loads %s (%s)', (door, format) => {
    expect(probe('without-cdk', format, door).names).not.toEqual([]);
  });

  test('is told by its package manager that it needs none', () => {
    const { peerDependencies, peerDependenciesMeta } = manifest();
    expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name]).toEqual({ optional: true });
  });
});

describe('what a door loads of the package', () => {
  /** Each room stands on these, and loads no other. */
  const MAY_LOAD: Readonly<Record<string, readonly string[]>> = {
    breakwater: ['contract', 'workflow'],
    'breakwater/workflow': ['contract', 'workflow'],
    'breakwater/runtime': ['contract', 'runtime'],
    'breakwater/constructs': ['contract', 'workflow', 'asl', 'slo', 'constructs'],
    'breakwater/client': ['contract', 'client', 'operations'],
    // It runs the real platform in virtual time: its Lambdas, and what they stand on.
    'breakwater/testing': [
      ...['contract', 'testing', 'workflow', 'runtime', 'asl'],
      ...['simulation', 'sandbox', 'operations', 'lambdas'],
    ],
  };

  test.each(EVERY)('%s (%s) is its own room and what that stands on', (door, format) => {
    const loaded = rooms(ownFiles('app', probe('app', format, door)));
    expect([...loaded].filter((room) => !MAY_LOAD[door]?.includes(room))).toEqual([]);
  });

  test.each(EVERY)('%s (%s) is of one format', (door, format) => {
    const files = ownFiles('app', probe('app', format, door));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith(`dist/${format}/`))).toEqual([]);
  });

  test('nothing of the AWS SDK, Powertools or CDK comes with a contract or a workflow', () => {
    for (const door of ['breakwater', 'breakwater/workflow']) {
      const { files } = probe('app', 'esm', door);
      expect(files.filter((file) => !file.startsWith(realpathSync(appFolder('app'))))).toEqual([]);
    }
  });
});

describe('loading a door changes nothing for others', () => {
  test.each(EVERY)(
    '%s (%s) leaves globals, built-ins, environment, listeners and handles as they are',
    (door, format) => {
      const packages = packagesIn('app', ownFiles('app', probe('app', format, door)));
      expect(probe('app', format, door, packages).changes).toEqual([]);
    },
  );

  test('so a bundler takes only what is used', () => {
    const { dependencies, peerDependencies } = manifest();
    const bundle = (stdin: string): string => {
      const { outputFiles } = buildSync({
        stdin: { contents: stdin, resolveDir: appFolder('app') },
        bundle: true,
        external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
        write: false,
        platform: 'node',
        format: 'esm',
        minify: true,
        logLevel: 'silent',
      });
      return outputFiles.map(({ text }) => text).join('');
    };
    expect(
      bundle(
        doors()
          .map((door) => `import '${door}';`)
          .join('\n'),
      ),
    ).toBe('');
    const some = bundle("import { minutes } from 'breakwater'; console.log(minutes(1));");
    expect(some.length).toBeLessThan(1_000);
  });
});

test.each(doors())('%s exports the same in both formats', (door) => {
  expect(probe('app', 'cjs', door).names).toEqual(probe('app', 'esm', door).names);
});
