import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleEntry, BundleOptions, Bundler } from '../../constructs/index.ts';

/** A Lambda's code, as it is deployed. */
export interface Code {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Another one for other code. */
  readonly digest: string;
}

/** How Lambdas are bundled: the functions of lib/constructs/bundle.ts, which the deployment uses too. */
export interface Bundling {
  /** All at once. */
  bundle(options: BundleOptions): Promise<unknown>;
  /** Again and again. */
  openBundler(options: BundleOptions): Promise<Bundler>;
}

const FILES = ['index.mjs', 'index.mjs.map'] as const;

/** Each open bundler holds some 100 MB of parsed packages: enough for what one works at. */
const KEPT_OPEN = 3;

/** The bundles of the project, rebuilt where a file has changed. They lie where the deployment looks for them. */
export class Bundles {
  readonly #bundling: Bundling;
  readonly #root: string;
  readonly #into: string;
  readonly #codes = new Map<string, Code>();
  /** By name, the one used last at the end. */
  readonly #open = new Map<string, { readonly entry: string; readonly bundler: Bundler }>();

  constructor(root: string, bundling: Bundling) {
    this.#root = root;
    this.#into = join(root, 'build', 'lambdas');
    this.#bundling = bundling;
  }

  /** What was built last, by name. */
  get codes(): ReadonlyMap<string, Code> {
    return this.#codes;
  }

  /** Takes those that a deployment has just built. */
  async take(names: Iterable<string>): Promise<void> {
    await Promise.all([...names].map((name) => this.#read(name)));
  }

  /** @throws BundleError naming file and line */
  async build(entries: readonly BundleEntry[]): Promise<void> {
    if (entries.length > KEPT_OPEN) {
      await this.#bundling.bundle({ entries, into: this.#into, root: this.#root });
    } else {
      await Promise.all(entries.map((entry) => this.#buildAgain(entry)));
    }
    await this.take(entries.map(({ name }) => name));
  }

  /** Forgets those that are gone. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#codes.keys()) if (!names.has(name)) this.#codes.delete(name);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ bundler }) => bundler.dispose()));
    this.#open.clear();
  }

  async #buildAgain(entry: BundleEntry): Promise<void> {
    const { name } = entry;
    const key = JSON.stringify(entry);
    let open = this.#open.get(name);
    this.#open.delete(name);
    if (open?.entry !== key) {
      await open?.bundler.dispose();
      const bundler = await this.#bundling.openBundler({ entries: [entry], into: this.#into, root: this.#root });
      open = { entry: key, bundler };
    }
    this.#open.set(name, open);
    await open.bundler.bundle();
    const [[oldest, { bundler }] = [undefined, open]] = this.#open;
    if (this.#open.size <= KEPT_OPEN || oldest === undefined) return;
    this.#open.delete(oldest);
    await bundler.dispose();
  }

  async #read(name: string): Promise<void> {
    const digest = createHash('sha256');
    const files: Record<string, Uint8Array> = {};
    for (const file of FILES) {
      const content = await readFile(join(this.#into, name, file));
      digest.update(content);
      files[file] = content;
    }
    this.#codes.set(name, { files, digest: digest.digest('hex') });
  }
}
