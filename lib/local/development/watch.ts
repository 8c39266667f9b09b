import { basename, relative, resolve } from 'node:path';
import { watch } from 'chokidar';
import { isNoSource, isSource, WATCHED } from './saved-files.ts';

/**
 * Tells of every source of the project that is saved, made or removed, until it is closed.
 * @param onSaved is given the file, relative to the project
 */
export async function watchSources(root: string, onSaved: (file: string) => void): Promise<{ close(): Promise<void> }> {
  const watcher = watch([...WATCHED], {
    cwd: root,
    ignoreInitial: true,
    ignored: (path) => isNoSource(basename(path)),
  });
  watcher.on('all', (event, path) => {
    const file = relative(root, resolve(root, path)).replaceAll('\\', '/');
    if ((event === 'add' || event === 'change' || event === 'unlink') && isSource(file)) onSaved(file);
  });
  await new Promise<void>((settle, reject) => {
    watcher.once('ready', settle);
    watcher.once('error', reject);
  });
  return { close: () => watcher.close() };
}
