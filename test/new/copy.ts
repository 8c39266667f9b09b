/** A copy of this project to write into, and commands run in it as a user runs them. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const LEFT_OUT = new Set(['node_modules', '.git', '.breakwater', 'build', 'dist', 'cdk.out', 'coverage']);

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  /** Of both streams, as it came. */
  readonly output: string;
}

/** What `breakwater new --json` says. */
export interface Written {
  readonly dryRun: boolean;
  readonly files: readonly { readonly path: string; readonly action: string; readonly content?: string }[];
  readonly next: readonly { readonly say: string; readonly lines?: readonly string[] }[];
}

export class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'breakwater-new-'));

  constructor() {
    cpSync(ROOT, this.root, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)) });
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'), 'dir');
  }

  /** One of the project's tools, on the Node that runs this. */
  tool(name: string, ...args: readonly string[]): Promise<Ran> {
    return this.#run(join(this.root, 'node_modules', '.bin', name), args);
  }

  node(...args: readonly string[]): Promise<Ran> {
    return this.#run(process.execPath, args);
  }

  /** `breakwater new …`, with nobody at a terminal. */
  new(...args: readonly string[]): Promise<Ran> {
    return this.node('bin/breakwater.ts', 'new', ...args);
  }

  /** The same, which has to go well. */
  async write(...args: readonly string[]): Promise<Written> {
    const { code, stdout, output } = await this.new(...args, '--json');
    if (code !== 0) throw new Error(`breakwater new ${args.join(' ')} ended with ${code}:\n${output}`);
    return JSON.parse(stdout) as Written;
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  edit(path: string, change: (text: string) => string): void {
    writeFileSync(join(this.root, path), change(this.read(path)));
  }

  /** Of all that stands in the folders of atoms and workflows: equal where nothing was written. */
  digest(): string {
    const hash = createHash('sha256');
    for (const folder of ['lambdas', 'state-machines']) {
      const entries = readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true });
      for (const entry of entries.sort((a, b) => (join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1))) {
        const path = join(entry.parentPath, entry.name);
        hash.update(`${path}\n`);
        if (entry.isFile()) hash.update(readFileSync(path));
      }
    }
    return hash.digest('hex');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #run(command: string, args: readonly string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const path = `${join(this.root, 'node_modules', '.bin')}:${process.env.PATH}`;
      const child = spawn(command, args, {
        cwd: this.root,
        env: {
          ...process.env,
          PATH: path,
          FORCE_COLOR: '0',
          NODE_NO_WARNINGS: '1',
          CDK_OUTDIR: join(this.root, 'cdk.out'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const heard = { stdout: '', output: '' };
      child.stdout.on('data', (chunk: Buffer) => {
        heard.stdout += chunk.toString();
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          heard.output += chunk.toString();
        });
      }
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, ...heard }));
    });
  }
}
