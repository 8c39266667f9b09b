// Bundles one handler, in a process of its own: `node bundle-entry.ts <file> <folder>`. See code.ts.
import { basename, dirname } from 'node:path';
import { bundle } from './bundle.ts';

const [file = '', into = ''] = process.argv.slice(2);

// By its name: a CommonJS file would export only a default, and a file without a handler is told now, not by Lambda.
const source = `import * as own from ${JSON.stringify(`./${basename(file)}`)};\nexport const handler = own.handler;`;

// No top-level await: this is published as CommonJS too.
bundle({ entries: [{ name: '.', source, folder: dirname(file) }], into, root: process.cwd() }).catch(
  (error: unknown) => {
    process.stderr.write(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
