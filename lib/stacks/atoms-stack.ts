import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Atom, type DependencyEndpoint } from '../constructs/index.ts';
import { type AnyContract, majorId } from '../contract/index.ts';
import { DiscoveryError } from './discovery.ts';
import type { House } from './house.ts';
import { sharedPlatform, sharedTable } from './names.ts';

export interface AtomsStackProps extends StackProps {
  readonly house: House;
  readonly domain: string;
  /** Where providers answer, by dependency name. */
  readonly endpoints: Readonly<Record<string, DependencyEndpoint>>;
}

/** The atoms of one domain. */
export class AtomsStack extends Stack {
  constructor(scope: Construct, id: string, { house, domain, endpoints, ...props }: AtomsStackProps) {
    super(scope, id, { ...props, description: `The atoms of the domain "${domain}".` });
    const { found, settings } = house;
    const contracts = found.atoms.filter((atom) => atom.domain === domain).map(({ contract }) => contract);
    const platform = sharedPlatform(this, [], settings.timeScale);
    const names = new Set(contracts.flatMap(tableNames));
    const tables = Object.fromEntries([...names].map((name) => [name, sharedTable(this, name)]));
    for (const contract of contracts) {
      const dependency = endpointOf(contract, endpoints);
      const atom = new Atom(this, contract.name, {
        contract,
        code: house.code(contract.name),
        platform,
        tables,
        mailFrom: settings.mailFrom,
        maxConcurrency: settings.maxConcurrency,
        ...(dependency ? { dependency } : {}),
      });
      Tags.of(atom).add('breakwater:atom', contract.name);
      for (const { workflow } of found.workflows) {
        const used = [...workflow.contracts.values()].map(majorId);
        if (used.includes(majorId(contract))) atom.serveWorkflow(workflow.plan);
      }
    }
  }
}

const tableNames = ({ uses }: AnyContract): readonly string[] =>
  uses.flatMap((use) => (use.kind === 'table' ? [use.table.name] : []));

function endpointOf(
  { name, dependency }: AnyContract,
  endpoints: Readonly<Record<string, DependencyEndpoint>>,
): DependencyEndpoint | undefined {
  if (!dependency) return undefined;
  const endpoint = endpoints[dependency.name];
  if (endpoint) return endpoint;
  throw new DiscoveryError(
    `${name} depends on "${dependency.name}", and nothing says where that answers. Set it in cdk.json: "context": { "dependencies": { "${dependency.name}": { "url": "https://…", "key": "…" } } }.`,
  );
}
