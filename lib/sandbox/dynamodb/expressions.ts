import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

export type Item = Record<string, AttributeValue>;

/** What an update does, by attribute. */
interface Change {
  readonly set?: Readonly<Record<string, unknown>>;
  /** Left as it is where it stands already. */
  readonly setIfNew?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly condition?: string;
  /** Of the condition. */
  readonly values?: Readonly<Record<string, unknown>>;
}

export const keyOf = (id: string): Item => marshall({ id });

/** The parts of an UpdateItem request; every name stands in for itself, for many words are reserved. */
export function updating({ set = {}, setIfNew = {}, add = {}, condition, values = {} }: Change) {
  const all = { ...set, ...setIfNew, ...add };
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :${name}`),
    ...Object.keys(setIfNew).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
  ];
  const adds = Object.keys(add).map((name) => `#${name} :${name}`);
  const named = Object.fromEntries(Object.entries(all).map(([name, value]) => [`:${name}`, value]));
  return {
    UpdateExpression: [sets.length && `SET ${sets.join(', ')}`, adds.length && `ADD ${adds.join(', ')}`]
      .filter(Boolean)
      .join(' '),
    ...(condition !== undefined && { ConditionExpression: condition }),
    ExpressionAttributeNames: Object.fromEntries(Object.keys(all).map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({ ...named, ...values }),
  };
}
