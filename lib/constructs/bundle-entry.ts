// Bundles one handler, in a process of its own: `node bundle-entry.ts <file> <folder>`. See code.ts.
import { bundle } from './bundle.ts';

const [file = '', into = ''] = process.argv.slice(2);

// No top-level await: this is published as CommonJS too.
bundle({ entries: [{ name: '', file }], into, root: process.cwd() }).catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
