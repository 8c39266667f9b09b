// The CDK app. `cdk synth` and `cdk deploy` run it; see cdk.json. `--context sizes=true` prints what the bundles weigh,
// `--context bundled=true` takes bundles as they are, for who has just made them.
import { join } from 'node:path';
import { bundle, describeSizes, readBundles } from '../lib/constructs/bundle.ts';
import { bundleEntries } from '../lib/stacks/bundles.ts';
import { discover } from '../lib/stacks/discovery.ts';

const root = join(import.meta.dirname, '..');

/** esbuild bundles in a process of its own, while this one loads CDK. */
async function main(): Promise<void> {
  const found = discover(root);
  const { bundled, target: deployedTo = 'aws' } = contextOfTool();
  const bundling = { entries: bundleEntries(root, found), into: join(root, 'build', 'lambdas'), root };
  const [bundles, { BreakwaterApp }, { EMULATOR_DIFFERENCES, LeaveOut }] = await Promise.all([
    bundled ? readBundles(bundling) : bundle(bundling),
    import('../lib/stacks/index.ts'),
    import('../lib/local/deployment/index.ts'),
  ]);
  // CDK's own check of the templates takes longer than making them. They are AWS's, and checked for AWS.
  const app = new BreakwaterApp({ found, bundles, builtinCloudFormationValidation: deployedTo === 'aws' });
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

/** The context as CDK's tool hands it over, for what has to be known before there is an app to ask. */
function contextOfTool(): { readonly bundled?: unknown; readonly target?: unknown } {
  return JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}');
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
