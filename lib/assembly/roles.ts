import type { Resource } from './read.ts';
import { readable, referencesIn } from './references.ts';

/** A role, and what it may do. */
export interface Role {
  readonly path: string;
  /** Who may take it on: `lambda.amazonaws.com`. */
  readonly trusts: readonly string[];
  readonly may: readonly Permission[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  /** What narrows it further: `dynamodb:LeadingKeys like fulfil-order:*`. */
  readonly where: readonly string[];
}

interface Statement {
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Principal?: { readonly Service?: string | readonly string[] };
}

/** The roles among some resources, with the policies that are attached to them anywhere in the stack. */
export function rolesAmong(own: readonly Resource[], all: readonly Resource[]): readonly Role[] {
  const byId = new Map(all.map((each) => [each.id, each]));
  const policies = all.filter(({ type }) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy');
  return own
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((role) => ({
      path: role.path.replace(/\/Resource$/, ''),
      trusts: statementsOf(role.properties.AssumeRolePolicyDocument).flatMap(({ Principal }) =>
        asList(Principal?.Service),
      ),
      may: policies
        .filter(({ properties }) => referencesIn(properties.Roles).has(role.id))
        .flatMap(({ properties }) => statementsOf(properties.PolicyDocument))
        .map(({ Action, Resource: on, Condition = {} }) => ({
          actions: asList(Action),
          on: asList(on).map((each) => readable(each, byId)),
          where: Object.entries(Condition).flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, allowed]) => {
              const values = asList(allowed).map((each) => readable(each, byId));
              return `${key} ${/Like/.test(operator) ? 'like' : 'is'} ${values.join(', ')}`;
            }),
          ),
        })),
    }));
}

const statementsOf = (document: unknown): readonly Statement[] =>
  asList((document as { readonly Statement?: Statement | readonly Statement[] } | undefined)?.Statement);

const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
