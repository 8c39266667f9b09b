import { groupBy } from './group-by.ts';
import { type AtRest, atRest } from './prices.ts';
import type { Assembly, MarkedConstruct, Resource, Stack } from './read.ts';
import { referencesIn } from './references.ts';
import { type Grant, grantsOf } from './resource-policies.ts';
import { type Role, rolesAmong } from './roles.ts';

export type { Grant } from './resource-policies.ts';
export type { Role } from './roles.ts';

/** What Breakwater adds to an app. */
export interface Explanation {
  readonly parts: readonly Part[];
  /** Dollars a month where nothing happens. */
  readonly dollarsAtRest: number;
  /** What ties it to the rest of the app, in both directions. */
  readonly ties: readonly Tie[];
}

/** One construct of ours, with everything in it. */
export interface Part extends MarkedConstruct {
  readonly stack: string;
  /** How many of each type. */
  readonly resources: Readonly<Record<string, number>>;
  readonly roles: readonly Role[];
  readonly atRest: readonly AtRest[];
  /** What stays in the account when the construct leaves the app. */
  readonly kept: readonly string[];
}

/** A reference between ours and yours. */
export interface Tie {
  readonly stack: string;
  /** `uses`: ours refers to yours. `used by`: yours refers to ours, and has to be changed when ours leaves. */
  readonly direction: 'uses' | 'used by';
  /** The path of yours. */
  readonly yours: string;
  readonly type: string;
  /** The parts of ours that it is about. */
  readonly parts: readonly string[];
  /** Whom its own policy lets use it: of a key everybody but its account, else by statements that refer to ours. */
  readonly grants: readonly Grant[];
}

/** Tells what of an app is Breakwater's, what it costs where nothing happens, and how it is tied to the rest. */
export function explain({ stacks }: Assembly): Explanation {
  const parts = stacks.flatMap((stack) => stack.marked.map((marked) => partOf(stack, marked)));
  const dollars = parts.flatMap((part) => part.atRest).reduce((sum, each) => sum + each.dollars, 0);
  return { parts, dollarsAtRest: inCents(dollars), ties: stacks.flatMap(tiesOf) };
}

const isIn = ({ path }: Resource, marked: MarkedConstruct): boolean => path.startsWith(`${marked.path}/`);

function partOf(stack: Stack, marked: MarkedConstruct): Part {
  const own = stack.resources.filter((resource) => isIn(resource, marked));
  return {
    ...marked,
    stack: stack.name,
    resources: countBy(own.map(({ type }) => type)),
    roles: rolesAmong(own, stack.resources),
    atRest: summed(own.flatMap((resource) => atRest(resource) ?? [])),
    kept: own.filter(({ deletionPolicy }) => deletionPolicy === 'Retain').map(({ type }) => type),
  };
}

function tiesOf(stack: Stack): readonly Tie[] {
  const { name, resources, marked } = stack;
  const owner = new Map(
    resources.flatMap((resource) => {
      const part = marked.find((each) => isIn(resource, each));
      return part ? [[resource.id, part.path] as const] : [];
    }),
  );
  const yours = resources.filter(({ id }) => !owner.has(id));
  const ours = resources.filter(({ id }) => owner.has(id));
  const ids = new Set(owner.keys());
  return yours.flatMap((resource) => {
    const { id, path, type, properties } = resource;
    const tie = { stack: name, yours: path.replace(/\/Resource$/, ''), type, grants: grantsOf(resource, stack, ids) };
    const usedBy = [...referencesIn(properties)].flatMap((referred) => owner.get(referred) ?? []);
    const users = ours
      .filter((each) => referencesIn(each.properties).has(id))
      .flatMap((each) => owner.get(each.id) ?? []);
    return [
      ...(users.length > 0 ? [{ ...tie, direction: 'uses' as const, parts: once(users) }] : []),
      ...(usedBy.length > 0 ? [{ ...tie, direction: 'used by' as const, parts: once(usedBy) }] : []),
    ];
  });
}

const once = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const countBy = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]).sort());

function summed(all: readonly AtRest[]): readonly AtRest[] {
  return [...groupBy(all, ({ what }) => what)].map(([what, those]) => ({
    what,
    dollars: inCents(those.reduce((sum, { dollars }) => sum + dollars, 0)),
  }));
}

const inCents = (dollars: number): number => Math.round(dollars * 100) / 100;
