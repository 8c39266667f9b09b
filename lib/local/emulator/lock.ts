import { rmSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../processes/index.ts';

/** A lock whose file is still empty after this long was left by a process that ended between making and signing it. */
const UNSIGNED_MS = 5_000;

/** What only one process does at a time. */
interface Lock {
  readonly file: string;
  /** Called once when another process holds it. */
  readonly onWait: (owner: number) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Runs `work` while no other process does the same under this file. A lock whose owner no longer lives is taken over. */
export async function withLock<T>({ file, onWait, signal }: Lock, work: () => Promise<T>): Promise<T> {
  let told = false;
  while (!(await taken(file))) {
    signal?.throwIfAborted();
    const owner = await ownerOf(file);
    if (owner === 'gone') continue;
    if (owner === 'dead') await discard(file);
    else if (owner > 0 && !told) {
      told = true;
      onWait(owner);
    }
    await sleep(100);
  }
  // What ends this process in the middle must not make the next one doubt.
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function taken(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<number | 'dead' | 'gone'> {
  try {
    const owner = Number(await readFile(file, 'utf8'));
    if (owner) return isAlive(owner) ? owner : 'dead';
    return Date.now() - (await stat(file)).mtimeMs > UNSIGNED_MS ? 'dead' : 0;
  } catch {
    return 'gone';
  }
}

/** Renames before removing: of two processes that both saw a dead owner, one must not remove the other's new lock. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
    const owner = Number(await readFile(aside, 'utf8'));
    if (owner && isAlive(owner)) await rename(aside, file);
    else await rm(aside, { force: true });
  } catch {
    // Another process was quicker.
  }
}
