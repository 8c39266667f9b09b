import { App, type AppProps, type Stack, Tags } from 'aws-cdk-lib';
import type { Bundle, DependencyEndpoint } from '../constructs/index.ts';
import { majorId } from '../contract/index.ts';
import { AtomsStack } from './atoms-stack.ts';
import { DataStack } from './data-stack.ts';
import { type Found, PLATFORM } from './discovery.ts';
import { type House, house } from './house.ts';
import { PlatformStack } from './platform-stack.ts';
import { SandboxStack } from './sandbox-stack.ts';
import { readSettings, type Settings } from './settings.ts';
import { WorkflowStack } from './workflow-stack.ts';

export interface BreakwaterAppProps extends AppProps {
  readonly found: Found;
  /** By name. */
  readonly bundles: ReadonlyMap<string, Bundle>;
}

/** The whole app: whatever stands in lambdas and state-machines, and what that needs. It knows no domain. */
export class BreakwaterApp extends App {
  readonly settings: Settings;

  constructor({ found, bundles, ...props }: BreakwaterAppProps) {
    super(props);
    const settings = readSettings(this.node);
    this.settings = settings;
    const made = house(found, settings, bundles);
    Tags.of(this).add('breakwater:app', 'breakwater');

    const data = new DataStack(this, 'Breakwater-Data', { atoms: found.atoms });
    const platform = new PlatformStack(this, 'Breakwater-Platform', { house: made });
    platform.addStackDependency(data);
    const sandbox = settings.sandbox ? new SandboxStack(this, 'Breakwater-Sandbox', { house: made }) : undefined;
    const endpoints = { ...sandbox?.endpoints, ...settings.dependencies };
    const atoms = this.#atoms(made, endpoints);
    for (const stack of atoms.values()) {
      stack.addStackDependency(data);
      stack.addStackDependency(platform);
    }
    for (const stack of this.#workflows(made, atoms)) {
      stack.addStackDependency(platform);
      stack.addStackDependency(data);
    }
  }

  #atoms(made: House, endpoints: Readonly<Record<string, DependencyEndpoint>>): ReadonlyMap<string, Stack> {
    const domains = new Set(made.found.atoms.map(({ domain }) => domain).filter((domain) => domain !== PLATFORM));
    return new Map(
      [...domains].map((domain) => {
        const stack = new AtomsStack(this, `Breakwater-Atoms-${domain}`, { house: made, domain, endpoints });
        Tags.of(stack).add('breakwater:domain', domain);
        return [domain, stack];
      }),
    );
  }

  /** Each after the atoms that it uses: a step must not wait for what is not there yet. */
  #workflows(made: House, atoms: ReadonlyMap<string, Stack>): readonly Stack[] {
    return made.found.workflows.map((found) => {
      const { name } = found.workflow.plan;
      const stack = new WorkflowStack(this, `Breakwater-Workflow-${name}`, { house: made, found });
      Tags.of(stack).add('breakwater:domain', found.domain);
      Tags.of(stack).add('breakwater:workflow', name);
      const used = new Set([...found.workflow.contracts.values()].map(majorId));
      for (const { domain, contract } of made.found.atoms) {
        const producer = atoms.get(domain);
        if (producer && used.has(majorId(contract))) stack.addStackDependency(producer);
      }
      return stack;
    });
  }
}
