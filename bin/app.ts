// The CDK app. `cdk synth` and `cdk deploy` run it; see cdk.json. `--context sizes=true` prints what the bundles weigh.
import { join } from 'node:path';
import { bundle, describeSizes } from '../lib/constructs/bundle.ts';
import { bundleEntries } from '../lib/stacks/bundles.ts';
import { discover } from '../lib/stacks/discovery.ts';

const root = join(import.meta.dirname, '..');

/** esbuild bundles in a process of its own, while this one loads CDK. */
async function main(): Promise<void> {
  const found = discover(root);
  const [bundles, { BreakwaterApp }, { EMULATOR_DIFFERENCES, LeaveOut }] = await Promise.all([
    bundle({ entries: bundleEntries(root, found), into: join(root, 'build', 'lambdas'), root }),
    import('../lib/stacks/index.ts'),
    import('../lib/local/deployment/index.ts'),
  ]);
  const app = new BreakwaterApp({ found, bundles });
  const { target } = app.settings;
  if (app.node.tryGetContext('sizes')) console.error(describeSizes(bundles.values()));
  if (target === 'aws') {
    // Emulators get the same templates: what was checked for AWS need not be checked again.
    const { checkPolicies } = await import('../lib/stacks/policy-checks.ts');
    checkPolicies(app);
    app.synth();
    return;
  }
  const leftOut = LeaveOut.from(app, EMULATOR_DIFFERENCES[target]);
  app.synth();
  const report = leftOut.report(target);
  if (report) console.error(report);
}

/** Mistakes in the house or its settings say what to change; where this file stood tells nobody anything. */
const OWN_ERRORS = new Set(['BundleError', 'DiscoveryError', 'SettingsError', 'BreakwaterSynthError']);

try {
  await main();
} catch (error) {
  if (!(error instanceof Error && OWN_ERRORS.has(error.name))) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
