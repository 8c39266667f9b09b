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
