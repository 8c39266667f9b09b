import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock whose file is still empty after this long was left by a process that ended between making and signing it. */
const UNSIGNED_MS = 5_000;

/**
 * Runs `work` while no other process does the same under this file. A lock whose owner no longer lives is taken over.
 *
 * @param onWait called once when another process holds the lock
 */
export async function withLock<T>(file: string, onWait: (owner: number) => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  while (!(await taken(file))) {
    const owner = await ownerOf(file);
    if (owner === 'gone') continue;
    if (owner === 'dead') await discard(file);
    else if (owner > 0 && !told) {
      told = true;
      onWait(owner);
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
