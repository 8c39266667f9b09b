import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../start/project.ts';

/** A copy of this project that a test may edit. */
export class EditedProject extends Project {
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
    const file = join(this.root, '.breakwater', 'emulator.pid');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }
}
