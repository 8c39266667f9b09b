import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetManifestArtifact, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { OpenNested, Template, TemplateResource } from './templates.ts';

/** Opens the templates of nested stacks, which are assets beside the template of their stack. */
export function nestedTemplates(artifact: CloudFormationStackArtifact): OpenNested {
  const { directory } = artifact.assembly;
  const assets = artifact.dependencies
    .filter((each) => AssetManifestArtifact.isAssetManifestArtifact(each))
    .flatMap(({ contents }) => Object.entries(contents.files ?? {}))
    .flatMap(([hash, { source }]) => (source.path ? [{ hash, file: source.path }] : []));
  return (resource) => {
    if (resource.Type !== 'AWS::CloudFormation::Stack') return undefined;
    const file = join(directory, fileOf(resource, assets) ?? '');
    if (!file.endsWith('.json') || !existsSync(file)) return undefined;
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  };
}

/** Told by the resource where the CDK CLI ran the app; else it is found by its hash, which the URL ends in. */
function fileOf(
  { Metadata = {}, Properties = {} }: TemplateResource,
  assets: readonly { readonly hash: string; readonly file: string }[],
): string | undefined {
  const told = Metadata['aws:asset:path'];
  if (typeof told === 'string') return told;
  const url = JSON.stringify(Properties.TemplateURL ?? '');
  return assets.find(({ hash }) => url.includes(hash))?.file;
}
