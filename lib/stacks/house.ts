import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Bundle } from '../constructs/index.ts';
import type { Found } from './discovery.ts';
import type { Settings } from './settings.ts';

/** What every stack of this app is made from. */
export interface House {
  readonly found: Found;
  readonly settings: Settings;
  /** The code of a bundle, by its name. */
  code(bundle: string): Code;
}

export const house = (found: Found, settings: Settings, bundles: ReadonlyMap<string, Bundle>): House => ({
  found,
  settings,
  code: (name) => {
    const bundle = bundles.get(name);
    if (bundle) return Code.fromAsset(bundle.folder);
    throw new TypeError(`No bundle is called "${name}". There are: ${[...bundles.keys()].join(', ')}.`);
  },
});

/** Bundles that are not made, for looking at templates only: nothing can be deployed from them. */
export const placeholderBundles = (names: readonly string[], folder: string): ReadonlyMap<string, Bundle> =>
  new Map(names.map((name) => [name, { name, folder: join(folder, name), bytes: 0 }]));
