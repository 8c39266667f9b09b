import type { Resource, Stack } from './read.ts';
import { readable, referencesIn } from './references.ts';
import { asList, conditionsOf, type Statement, statementsOf } from './statements.ts';

/** Somebody whom a resource's own policy lets use it. */
export interface Grant {
  /** `events.amazonaws.com`, or the path of a role. */
  readonly who: readonly string[];
  readonly actions: readonly string[];
  readonly where: readonly string[];
}

/**
 * Whom the policy of a resource of theirs lets use it.
 *
 * Of a key all statements but the one that hands it to its own account: most of what ours adds names a service, and
 * nothing in the template tells it from what they wrote themselves. Of other resources the statements that refer to ours.
 */
export function grantsOf({ type, properties }: Resource, stack: Stack, ours: ReadonlySet<string>): readonly Grant[] {
  const byId = new Map(stack.resources.map((each) => [each.id, each]));
  const isKey = type === 'AWS::KMS::Key';
  return statementsOf(isKey ? properties.KeyPolicy : properties.PolicyDocument)
    .filter(({ Effect, Principal }) => Effect !== 'Deny' && Principal !== undefined)
    .map((statement) => ({ statement, grant: grantOf(statement, byId) }))
    .filter(({ statement, grant }) =>
      isKey ? !isOwnAccount(grant, stack.account) : [...referencesIn(statement)].some((id) => ours.has(id)),
    )
    .map(({ grant }) => grant);
}

const grantOf = (statement: Statement, byId: ReadonlyMap<string, Resource>): Grant => ({
  who: principalsOf(statement).map((each) => readable(each, byId)),
  actions: asList(statement.Action),
  where: conditionsOf(statement, byId),
});

const principalsOf = ({ Principal = {} }: Statement): readonly unknown[] =>
  typeof Principal === 'string' ? [Principal] : Object.values(Principal).flatMap((each) => asList(each));

/** "*" is how AWS::AccountId reads, in a stack that does not say its account. */
const isOwnAccount = ({ who, actions }: Grant, account: string): boolean =>
  actions.includes('kms:*') &&
  who.every((each) => {
    const [, named] = /^arn:[^:]+:iam::([^:]+):root$/.exec(each) ?? [];
    return named === '*' || named === account;
  });
