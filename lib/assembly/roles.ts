import type { Resource } from './read.ts';
import { readable, referencesIn } from './references.ts';
import { asList, conditionsOf, type Statement, statementsOf } from './statements.ts';

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

/** The roles among some resources, with the policies that are attached to them anywhere in the stack. */
export function rolesAmong(own: readonly Resource[], all: readonly Resource[]): readonly Role[] {
  const byId = new Map(all.map((each) => [each.id, each]));
  const policies = all.filter(({ type }) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy');
  return own
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((role) => ({
      path: role.path.replace(/\/Resource$/, ''),
      trusts: statementsOf(role.properties.AssumeRolePolicyDocument).flatMap(servicesOf),
      may: policies
        .filter(({ properties }) => referencesIn(properties.Roles).has(role.id))
        .flatMap(({ properties }) => statementsOf(properties.PolicyDocument))
        .map((statement) => ({
          actions: asList(statement.Action),
          on: asList(statement.Resource).map((each) => readable(each, byId)),
          where: conditionsOf(statement, byId),
        })),
    }));
}

const servicesOf = ({ Principal }: Statement): readonly string[] =>
  typeof Principal === 'object' ? asList(Principal.Service as string | readonly string[] | undefined) : [];
