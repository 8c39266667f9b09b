import type { Template } from 'aws-cdk-lib/assertions';

/** A resource of a template, with its logical id. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever JSON CloudFormation takes
  readonly Properties: any;
  readonly UpdateReplacePolicy?: string;
  readonly DeletionPolicy?: string;
}

export const resourcesOf = (template: Template, type?: string): readonly Resource[] =>
  Object.entries<Omit<Resource, 'id'>>(template.toJSON().Resources)
    .map(([id, resource]) => ({ id, ...resource }))
    .filter((resource) => type === undefined || resource.Type === type);

/** The resource of a type whose logical id begins so. @throws Error listing those that there are */
export function resource(template: Template, type: string, idBegins = ''): Resource {
  const all = resourcesOf(template, type);
  const found = all.filter(({ id }) => id.toLowerCase().startsWith(idBegins.toLowerCase()));
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new Error(`${found.length} ${type} begin with "${idBegins}"; there are ${all.map(({ id }) => id).join(', ')}.`);
}

/** One statement of a role's policy, with its lists as lists and its ARNs as texts. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: unknown;
}

export function permissionsOf({ Properties }: Resource): readonly Permission[] {
  return Properties.PolicyDocument.Statement.map(
    ({ Action, Resource, Condition }: { Action: unknown; Resource: unknown; Condition?: unknown }) => ({
      actions: asList(Action),
      resources: asList(Resource).map(text),
      ...(Condition ? { condition: Condition } : {}),
    }),
  );
}

/** An ARN as a person would write it: `arn:…:stateMachine:fulfil-order`, or the logical id of what is referred to. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(text).join(separator);
  }
  if ('Ref' in value) return PSEUDO[String(value.Ref)] ?? `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${(value['Fn::GetAtt'] as string[])[0]}>`;
  return JSON.stringify(value);
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};

const asList = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]) as readonly string[];
