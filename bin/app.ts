// The CDK app. `cdk synth` and `cdk deploy` run it; see cdk.json.
import { join } from 'node:path';
import { bundle } from '../lib/constructs/index.ts';
import { BreakwaterApp, bundleEntries, discover } from '../lib/stacks/index.ts';

const root = join(import.meta.dirname, '..');
const found = discover(root);
const bundles = await bundle({ entries: bundleEntries(root, found), into: join(root, 'build', 'lambdas'), root });
new BreakwaterApp({ found, bundles }).synth();
