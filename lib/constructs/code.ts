import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { BundleError } from './bundle-error.ts';
import { BreakwaterSynthError } from './errors.ts';

/** A handler's code: bundled before, or bundled when the app is synthesised. One of the two is required. */
export interface CodeProps {
  /** A bundle that exports `handler` from its index. */
  readonly code?: Code;
  /** The handler's source, TypeScript or JavaScript, relative to the working directory. esbuild bundles it. */
  readonly entry?: string;
}

/**
 * @throws BreakwaterSynthError unless exactly one of the two is there, or if the entry is no file
 * When it is synthesised CDK throws FailedToBundleAsset, with file and line, if the entry cannot be bundled.
 */
export function codeOf(scope: Construct, { code, entry }: CodeProps): Code {
  if (code && !entry) return code;
  if (!entry || code) {
    const received = code ? 'both code and entry' : 'neither code nor entry';
    throw new BreakwaterSynthError(
      scope,
      `Its handler is given by ${received}. Pass entry: 'lambda/handler.ts', which is bundled, or code: Code.fromAsset(…), a bundle that exports handler from its index.`,
    );
  }
  const file = resolve(entry);
  if (existsSync(file)) return bundledWhenSynthesised(dirname(file), file, (into) => bundleNow(file, into));
  throw new BreakwaterSynthError(scope, `Its entry ${entry} does not exist; looked for ${file}.`);
}

/**
 * Code that is written into a folder at synthesis, and only for the stacks that are wanted. The same output is the same
 * asset.
 * @param content tells what is written from anything else that comes of the same source: CDK remembers an asset by its
 * options, and of a function it sees nothing
 */
export const bundledWhenSynthesised = (source: string, content: string, write: (into: string) => void): Code =>
  Code.fromAsset(source, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: what is written here needs no container.
      image: DockerImage.fromRegistry('none'),
      command: [content],
      local: {
        tryBundle: (into) => {
          write(into);
          return true;
        },
      },
    },
  });

/** Constructs are made synchronously, and the bundler works asynchronously: hence a process of its own. */
export function bundleNow(file: string, into: string): void {
  const worker = join(import.meta.dirname, `bundle-entry${extname(import.meta.filename)}`);
  const { status, stderr, error } = spawnSync(process.execPath, [worker, file, into], { encoding: 'utf8' });
  if (status !== 0) throw new BundleError(stderr.trim() || String(error));
}
