import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundledWhenSynthesised, bundleNow } from './code.ts';

/** Where the package keeps the bundles of the platform's Lambdas, seen from its compiled constructs. */
const SHIPPED = join(import.meta.dirname, '..', '..', 'lambdas');

/** Where the repository keeps their sources. */
const SOURCES = join(import.meta.dirname, '..', '..', 'lambdas', 'platform');

/** The code of one of the platform's own Lambdas: shipped with the package, or bundled from the repository's source. */
export function prebuilt(name: string): Code {
  const shipped = join(SHIPPED, name);
  return existsSync(shipped)
    ? Code.fromAsset(shipped)
    : bundledWhenSynthesised(join(SOURCES, name), name, (into) => writePrebuilt(name, into));
}

/** Writes the same into a folder, to which more can be added. */
export function writePrebuilt(name: string, into: string): void {
  const shipped = join(SHIPPED, name);
  if (existsSync(shipped)) cpSync(shipped, into, { recursive: true });
  else bundleNow(join(SOURCES, name, 'handler.ts'), into);
}
