import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Bundle } from '../../lib/constructs/index.ts';
import { BreakwaterApp, bundleEntries, discover, type Found } from '../../lib/stacks/index.ts';

export const ROOT = join(__dirname, '..', '..');

/** All that stands in the house's folders, imported once: what holds for every app is tested on it. */
export const everything: Found = discover(ROOT);

/** The platform and the reference, whatever stands beside them: tests that name its resources look at it. */
export const found: Found = referenceIn(everything);

function referenceIn({ atoms, functions, workflows }: Found): Found {
  const reference = workflows.filter(({ workflow }) => workflow.plan.name === 'fulfil-order');
  const used = new Set(reference.flatMap(({ workflow }) => [...workflow.contracts.values()].map(({ name }) => name)));
  return {
    atoms: atoms.filter(({ domain, contract }) => domain === 'platform' || used.has(contract.name)),
    functions,
    workflows: reference,
  };
}

/** The app as `cdk synth` makes it, but for the Lambdas' code, which templates only name. */
export function makeApp(context: Readonly<Record<string, unknown>> = {}, of: Found = found): BreakwaterApp {
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-templates-'));
  const { context: flags } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  return new BreakwaterApp({ found: of, bundles: emptyBundles(of), outdir, context: { ...flags, ...context } });
}

/** The templates by the stacks' names. */
export function synthesise(context: Readonly<Record<string, unknown>> = {}, of: Found = found): Templates {
  return templatesOf(makeApp(context, of));
}

export type Templates = ReadonlyMap<string, Template>;

export const templatesOf = (app: BreakwaterApp): Templates =>
  new Map(
    app
      .synth()
      .stacksRecursively.map(({ stackName, template }) => [
        stackName,
        Template.fromJSON(template, { skipCyclicalDependenciesCheck: true }),
      ]),
  );

/** @throws Error naming the stacks that there are */
export function templateOf(templates: Templates, stack: string): Template {
  const template = templates.get(stack);
  if (!template) throw new Error(`There is no stack ${stack}, but ${[...templates.keys()].join(', ')}.`);
  return template;
}

function emptyBundles(of: Found): ReadonlyMap<string, Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bundles-'));
  return new Map(
    bundleEntries(ROOT, of).map(({ name }) => {
      const own = join(folder, name);
      mkdirSync(own);
      writeFileSync(join(own, 'index.mjs'), `export const handler = () => '${name}';\n`);
      return [name, { name, folder: own, bytes: 0 }];
    }),
  );
}
