import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKOUT = join(__dirname, '..', '..');

/** All that is bundled, declared, deployed or type-checked. */
const COPIED = [
  'bin',
  'lib',
  'lambdas',
  'state-machines',
  'scripts',
  'test/fakes',
  'test/types',
  'cdk.json',
  'jest.config.mjs',
  'package.json',
  'tsconfig.json',
];

/** What is installed, and never written. */
const LINKED = ['node_modules', '.breakwater/python'];

/** A copy of this project that a test may edit. The command that is tested is the copy's own. */
export class Project {
  /** Without links: as Node names the files that it runs. */
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'breakwater-dev-')));

  constructor() {
    mkdirSync(join(this.root, '.breakwater'));
    for (const path of COPIED) cpSync(join(CHECKOUT, path), join(this.root, path), { recursive: true });
    for (const path of LINKED) {
      if (existsSync(join(CHECKOUT, path))) symlinkSync(realpathSync(join(CHECKOUT, path)), join(this.root, path));
    }
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(join(this.root, file, '..'), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Saves a file with one place changed, which must be there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (text.split(from).length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(from)} exactly once.`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  /** Saves as editors do that never leave half a file: a copy beside it takes its place. */
  saveByRename(file: string, text: string): void {
    this.write(`${file}~`, text);
    renameSync(join(this.root, `${file}~`), join(this.root, file));
  }

  removeFolder(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** The emulator that runs for it, and where its functions lie; undefined if none does. */
  emulator(): { readonly pid: number; readonly temporary: string } | undefined {
    const file = join(this.root, '.breakwater', 'development.pid');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
