import { takingShape } from './atom/taking.ts';
import type { TableInDomain } from './atom/texts.ts';
import type { Domain, KnownAtom, Project } from './project.ts';
import { fits } from './schema/agree.ts';
import { usable } from './usable-atom.ts';

/** A table of a domain, by its name. */
export function tableIn({ tables }: Domain, name: string): TableInDomain | undefined {
  const there = tables.find(({ value }) => value.name === name);
  if (!there) return undefined;
  const { partitionKey, sortKey } = there.value;
  return { name, identifier: there.identifier, keys: [partitionKey, ...(sortKey ? [sortKey] : [])] };
}

/** The table of which an atom takes a quantity, if it is one as this command writes them (atom/taking.ts). */
export function takenFrom(project: Project, domain: Domain, atom: KnownAtom): TableInDomain | undefined {
  const [use, ...others] = atom.contract.uses;
  if (use?.kind !== 'table' || others.length > 0) return undefined;
  const table = tableIn(domain, use.table.name);
  const { input, output, failures } = usable(project, atom);
  const like = table && takingShape(table);
  const isLike = like && failures.includes('NotAvailable') && fits(input, like.input) && fits(output, like.output);
  return isLike ? table : undefined;
}
