import { compile, type StateMachine, type Substitution, undoMachineName } from '../asl/index.ts';
import {
  type AnyContract,
  defaults,
  environmentNames,
  isCalledDirectly,
  majorId,
  stepTimes,
  type Table,
} from '../contract/index.ts';
import type { ServedAtom } from '../runtime/index.ts';
import type { ProviderDefinition } from '../sandbox/index.ts';
import type { Workflow } from '../workflow/index.ts';
import type { Item } from './dynamodb/item.ts';
import type { Code } from './functions/invocation.ts';
import { AtomTestError } from './mistakes.ts';
import { admission, type PlatformFunction, platformAtoms } from './platform.ts';
import type { PlayedProvider } from './providers/played.ts';
import { API_KEY, undescribed } from './providers/provider.ts';
import { machineArnOf, versionArnOf } from './step-functions/service.ts';

/** What is simulated. */
export interface Deployable {
  readonly workflow: Workflow;
  /** What the workflow's steps and undos use: what `serve` made, real code. */
  // biome-ignore lint/suspicious/noExplicitAny: atoms of all types
  readonly atoms: readonly ServedAtom<any, any, any>[];
  /** The outside providers by their rules. One that is not described takes whatever it is sent. */
  readonly providers?: readonly (ProviderDefinition | PlayedProvider)[];
  /** What the tables hold at first, by their names. Nothing when left out. */
  readonly tables?: Readonly<Record<string, readonly Item[]>>;
  /** Answers of AWS to calls that are not played, by command. */
  readonly aws?: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;
  /** Environment variables of the atoms' functions, beside those that their contracts ask for. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes what was compiled before it is deployed: for tests of the simulation itself. */
  readonly change?: (machine: StateMachine, undoMachine: StateMachine) => void;
}

/** An atom's function with its queue. */
export interface DeployedAtom {
  readonly contract: AnyContract;
  readonly name: string;
  readonly code: Code;
  readonly queued: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly times: ReturnType<typeof stepTimes>;
}

/** All that runs of a workflow share: made once. */
export interface Deployment {
  readonly workflow: Workflow;
  readonly machines: ReadonlyMap<string, StateMachine>;
  readonly atoms: ReadonlyMap<string, DeployedAtom>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly items: Readonly<Record<string, readonly Item[]>>;
  readonly providers: readonly {
    readonly definition: ProviderDefinition | PlayedProvider;
    readonly keyLifetimeMilliseconds: number;
  }[];
  readonly aws: NonNullable<Deployable['aws']>;
  /** Lets events in. */
  readonly admission: PlatformFunction;
}

export const RECORDS = 'records';
/** Where events go that are not let in. */
export const REJECTED = 'rejected';
export const deadLettersOf = (queue: string): string => `${queue}-dead-letters`;

/**
 * Compiles a workflow and puts it together with its atoms, as a stack would.
 * @throws AtomTestError when an atom is missing, or a provider is none of its atoms'
 */
export function deploy(deployable: Deployable): Deployment {
  const { workflow, atoms, providers = [], tables = {}, aws = {}, environment = {}, change } = deployable;
  const deployed = new Map(
    [...atoms, ...platformAtoms].map((atom) => [majorId(atom.contract), deployAtom(atom, environment)] as const),
  );
  const missing = [...workflow.contracts.values()].find((contract) => !deployed.has(majorId(contract)));
  if (missing) {
    throw new AtomTestError(
      `The workflow ${workflow.plan.name} uses ${majorId(missing)}, and its atom is not among those that were given. Pass what serve() made of it in atoms: [ … ].`,
    );
  }
  const { machine, undoMachine, substitutions } = compile(workflow.plan);
  const [main, undo] = [machine, undoMachine].map((each) => substituted(each, substitutions, workflow.plan.name));
  if (!main || !undo) throw new TypeError('A plan compiles to two machines.');
  change?.(main, undo);
  const contracts = [...deployed.values()].map(({ contract }) => contract);
  return {
    workflow,
    machines: new Map([
      [workflow.plan.name, main],
      [undoMachineName(workflow.plan.name), undo],
    ]),
    atoms: deployed,
    tables: tablesOf(contracts),
    items: tables,
    providers: providersOf(workflow.plan.name, contracts, providers),
    aws,
    admission: admission(workflow),
  };
}

function deployAtom(atom: Deployable['atoms'][number], environment: Readonly<Record<string, string>>): DeployedAtom {
  const { contract } = atom;
  const name = majorId(contract);
  return {
    contract,
    name,
    code: atom as Code,
    queued: !isCalledDirectly(contract),
    variables: { ...variablesOf(contract, name), ...environment },
    times: stepTimes(contract, 1),
  };
}

function substituted(machine: StateMachine, substitutions: readonly Substitution[], workflow: string): StateMachine {
  const text = substitutions.reduce(
    (definition, substitution) =>
      definition.replaceAll(`\${${substitution.key}}`, replacementOf(substitution, workflow)),
    JSON.stringify(machine),
  );
  return JSON.parse(text) as StateMachine;
}

function replacementOf(substitution: Substitution, workflow: string): string {
  switch (substitution.kind) {
    case 'queue':
    case 'function':
      return majorId(substitution.atom);
    case 'bus':
      return 'bus';
    case 'undo-version':
      return versionArnOf(undoMachineName(workflow));
  }
}

function variablesOf({ uses, dependency }: AnyContract, name: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {
    AWS_REGION: 'us-east-1',
    RECORDS_TABLE: RECORDS,
    QUEUE_URL: name,
    DEAD_LETTER_QUEUE_URL: deadLettersOf(name),
    OPERATORS_TOPIC_ARN: 'operators',
    BREAKWATER_TIME_SCALE: '1',
  };
  for (const use of uses) {
    if (use.kind === 'table') variables[environmentNames.table(use.table.name)] = use.table.name;
    if (use.kind === 'mail') variables[environmentNames.mailFrom] = 'orders@example.com';
  }
  if (dependency) {
    variables[environmentNames.dependencyUrl(dependency.name)] = providerUrl(dependency.name);
    variables[environmentNames.dependencyKey(dependency.name)] = API_KEY;
  }
  return variables;
}

/** What the platform's own functions find in their environment. */
export const platformVariables = (workflow: string): Readonly<Record<string, string>> => ({
  AWS_REGION: 'us-east-1',
  RECORDS_TABLE: RECORDS,
  OPERATORS_TOPIC_ARN: 'operators',
  WORKFLOWS: JSON.stringify([workflow]),
  STATE_MACHINE_ARN: `${machineArnOf(workflow)}:live`,
  EVENT_BUS_NAME: 'bus',
  REJECTED_QUEUE_URL: REJECTED,
  EXECUTION_ARN_PREFIX: machineArnOf('').replace(':stateMachine:', ':execution:'),
  BREAKWATER_TIME_SCALE: '1',
});

/** Where a provider is reached: no address of anybody's. */
export const providerUrl = (name: string): string => `https://${name}.test`;

function tablesOf(contracts: readonly AnyContract[]): ReadonlyMap<string, Table> {
  const uses = contracts.flatMap(({ uses: each }) => each);
  return new Map(uses.flatMap((use) => (use.kind === 'table' ? [[use.table.name, use.table] as const] : [])));
}

/** A provider deduplicates for as long as the contracts say, the most cautious of them. */
function providersOf(
  workflow: string,
  contracts: readonly AnyContract[],
  described: NonNullable<Deployable['providers']>,
) {
  const lifetimes = new Map<string, number>();
  for (const { dependency, effect } of contracts) {
    if (!dependency) continue;
    const lifetime = effect.kind === 'keyed' ? effect.keyLifetime.milliseconds : Number.POSITIVE_INFINITY;
    lifetimes.set(dependency.name, Math.min(lifetimes.get(dependency.name) ?? Number.POSITIVE_INFINITY, lifetime));
  }
  const stranger = described.find(({ name }) => !lifetimes.has(name));
  if (stranger) {
    throw new AtomTestError(
      `No atom of ${workflow} depends on the provider "${stranger.name}"; they depend on: ${[...lifetimes.keys()].join(', ') || 'none'}.`,
    );
  }
  return [...lifetimes].map(([name, keyLifetimeMilliseconds]) => ({
    definition: described.find((each) => each.name === name) ?? undescribed(name),
    keyLifetimeMilliseconds,
  }));
}

export const maxReceives = defaults.receives;
export const maxConcurrency = defaults.maxConcurrency;
