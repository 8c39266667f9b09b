import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, installWithOldestPeers, root } from './installation.ts';

/** Packs the package once, as `npm publish` would, and installs it into two apps. The workers find them by a variable. */
export default function setup(): void {
  const place = mkdtempSync(join(tmpdir(), 'breakwater-package-'));
  execFileSync('npm', ['pack', '--pack-destination', place], { cwd: root, stdio: 'pipe', encoding: 'utf8' });
  process.env.BREAKWATER_PACKAGE = place;
  if (process.env.BREAKWATER_PEERS === 'oldest') installWithOldestPeers();
  else install('app');
  install('without-cdk');
}
