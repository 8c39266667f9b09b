/**
 * Somebody else's CDK app: what `cdk init` really writes, with a stack of its own, then with the package in it. Installed
 * is what npm would install; the packages are linked from this project's, the package itself is unpacked from its tarball.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installInto, root } from '../package/installation.ts';

/** A name that cdk init makes `ShopStack` of. */
const NAME = 'shop';
const sources = join(import.meta.dirname, 'app');

/** What cdk init's package.json asks for, and what a user adds for the package. */
const PACKAGES = ['aws-cdk-lib', 'constructs', 'aws-cdk', 'tsx', 'typescript', '@types/node', '@types/jest', 'zod'];
const COMMANDS = ['cdk', 'tsc', 'tsx', 'ts-node'];

export class Shop {
  readonly folder: string;
  readonly #place: string;

  /** A fresh `cdk init app --language typescript`, with the stack that they had before. */
  constructor() {
    this.#place = mkdtempSync(join(tmpdir(), 'breakwater-adoption-'));
    this.folder = join(this.#place, NAME);
    mkdirSync(this.folder);
    // As one that is installed globally: the folder has to be empty.
    this.run(join(root, 'node_modules', '.bin', 'cdk'), ['init', 'app', '--language', 'typescript', '--generate-only']);
    this.link(PACKAGES);
    this.write('before');
  }

  /** Puts the files of a stage into place: `before`, `after`. */
  write(stage: 'before' | 'after'): void {
    cpSync(join(sources, stage), this.folder, { recursive: true });
  }

  /** `npm install breakwater.tgz` */
  install(): void {
    installInto(this.folder);
  }

  /** What older versions of cdk init gave: CommonJS without exports, run by ts-node with TypeScript 5. */
  becomeOlder(): void {
    rmSync(join(this.folder, 'node_modules', 'typescript'));
    // An older TypeScript, which another package brings along: ts-node knows nothing of TypeScript 7.
    this.link(['ts-node']);
    this.linkTo('typescript', join(root, 'node_modules', '@arethetypeswrong', 'core', 'node_modules', 'typescript'));
    this.edit('cdk.json', (cdk) => ({ ...cdk, app: 'npx ts-node --prefer-ts-exts bin/shop.ts' }));
    this.edit('tsconfig.json', ({ compilerOptions, ...rest }) => ({
      ...rest,
      compilerOptions: {
        ...(compilerOptions as object),
        module: 'commonjs',
        moduleResolution: 'node',
        noEmit: false,
        isolatedModules: false,
      },
    }));
  }

  /** Runs one of the app's commands. @throws with what it said */
  run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env): string {
    const path = `${join(this.folder, 'node_modules', '.bin')}:${environment.PATH}`;
    return execFileSync(command, args, {
      cwd: this.folder,
      env: { ...environment, PATH: path, CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Synthesises, and gives the template. */
  synth(): Template {
    this.run('cdk', ['synth', '--quiet', '--no-notices']);
    return JSON.parse(readFileSync(join(this.folder, 'cdk.out', 'ShopStack.template.json'), 'utf8'));
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  link(packages: readonly string[]): void {
    for (const each of packages) this.linkTo(each, join(root, 'node_modules', each));
    for (const each of COMMANDS) this.linkTo(join('.bin', each), join(root, 'node_modules', '.bin', each));
  }

  linkTo(name: string, target: string): void {
    const path = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    symlinkSync(target, path);
  }

  private edit(file: string, change: (content: Record<string, unknown>) => object): void {
    const path = join(this.folder, file);
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8'))), null, 2));
  }
}

export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
}

/** The lines of a stage's files that hold something, by file. */
export const linesOf = (stage: 'before' | 'after', file: string): readonly string[] =>
  readFileSync(join(sources, stage, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
