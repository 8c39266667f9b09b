import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { appFolder, root } from './installation.ts';

export type Format = 'esm' | 'cjs';

/** The folder that TypeScript compiles an app's sources into. */
export const OUTPUT = 'out';

/** The same sources in two folders of the app, one of ES modules and one of CommonJS: `type` alone tells them apart. */
export function writeConsumer(folder: string, format: Format): void {
  const sources = join(appFolder('app'), folder);
  const output = join(appFolder('app'), OUTPUT, folder);
  cpSync(join(import.meta.dirname, 'consumer'), sources, { recursive: true, filter: (file) => !file.endsWith('.mjs') });
  mkdirSync(output, { recursive: true });
  for (const path of [sources, output]) {
    writeFileSync(join(path, 'package.json'), JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }));
  }
}

/** The settings that `cdk init app --language typescript` writes, with an output, and with a look into declarations. */
export function cdkInitSettings(): object {
  const cdk = dirname(createRequire(join(root, 'package.json')).resolve('aws-cdk/package.json'));
  return {
    extends: join(cdk, 'lib', 'init-templates', 'app', 'typescript', 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      skipLibCheck: false,
      rootDir: '.',
      outDir: OUTPUT,
      types: ['node'],
      typeRoots: ['./node_modules/@types'],
    },
  };
}

/** @returns the name of the written file */
export function writeProject(name: string, settings: object): string {
  writeFileSync(join(appFolder('app'), name), JSON.stringify(settings));
  return name;
}
