import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { AssemblyNotFound } from './errors.ts';
import { nestedTemplates } from './nested-templates.ts';
import { pathsByScope } from './paths.ts';
import { flattened, type Template } from './templates.ts';

/** What an app was synthesised to. */
export interface Assembly {
  readonly folder: string;
  readonly stacks: readonly Stack[];
}

export interface Stack {
  /** As `cdk deploy` calls it, one of a kind in an app: `Shop`, or `Prod/Shop` in a stage. */
  readonly name: string;
  /** The account that it goes to; `unknown-account` where the app does not say. */
  readonly account: string;
  /** With those of the stacks that are nested in it. */
  readonly resources: readonly Resource[];
  /** Constructs of ours, the outermost only: what lies in one belongs to it. */
  readonly marked: readonly MarkedConstruct[];
}

/** A resource of a template. */
export interface Resource {
  /** One of a kind in the stack; what references name. */
  readonly id: string;
  readonly type: string;
  /** The construct's path, without the stack: `PlaceOrder/Main/Machine/Resource`. The id where there is none. */
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy?: string;
}

/** A construct that says in the assembly what it is; see `mark` of lib/constructs. */
export interface MarkedConstruct {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** The type of the metadata entry by which constructs say so. */
const MARK = 'breakwater';

/** The type of CDK's own entry by which a construct tells the logical id of its resource. */
const LOGICAL_ID = 'aws:cdk:logicalId';

/**
 * Reads a cloud assembly, with those of its stages.
 * @throws AssemblyNotFound
 */
export function readAssembly(folder: string): Assembly {
  const path = resolve(folder);
  if (!existsSync(join(path, 'manifest.json'))) throw new AssemblyNotFound(folder, undefined);
  return { folder: path, stacks: new CloudAssembly(path).stacksRecursively.map(readStack) };
}

function readStack(artifact: CloudFormationStackArtifact): Stack {
  const prefix = `/${artifact.hierarchicalId}/`;
  const within = (path: string): string => (path.startsWith(prefix) ? path.slice(prefix.length) : path);
  const marked = artifact
    .findMetadataByType(MARK)
    .map(({ path, data }) => ({ ...(data as unknown as Omit<MarkedConstruct, 'path'>), path: within(path) }));
  const pathOf = pathsByScope(
    artifact.findMetadataByType(LOGICAL_ID).map(({ path, data }) => ({ logicalId: String(data), path: within(path) })),
  );
  return {
    name: artifact.hierarchicalId,
    account: artifact.environment.account,
    resources: flattened(artifact.template as Template, nestedTemplates(artifact)).map(
      ({ id, logicalId, within: scope, resource }) => ({
        id,
        type: resource.Type,
        path: pathOf(scope, logicalId) ?? id,
        properties: resource.Properties ?? {},
        ...(resource.DeletionPolicy ? { deletionPolicy: resource.DeletionPolicy } : {}),
      }),
    ),
    marked: marked.filter(({ path }) => !marked.some((other) => path.startsWith(`${other.path}/`))),
  };
}
