import type { PlainSchema } from '../../contract/index.ts';
import type { DomainEdit } from '../domain-edit.ts';
import { checkWords } from '../names.ts';
import { domainFile, type Project } from '../project.ts';
import { readSchema } from '../schema/json-schema.ts';
import { zodSource } from '../schema/zod-source.ts';

/** The event that starts a workflow. */
export interface PlannedEvent {
  readonly name: string;
  /** The domain.ts that declares it, from the project's folder. */
  readonly file: string;
  /** What it carries, if it is there already. */
  readonly payload?: PlainSchema;
  /** @returns the name that it is exported under */
  declare(payload: PlainSchema): string;
}

/** One that any domain has, or a new one of the workflow's domain. @param taken what the workflow's file calls else */
export function eventNamed(project: Project, name: string, edit: DomainEdit, taken: readonly string[]): PlannedEvent {
  for (const domain of project.domains.values()) {
    const there = domain.events.find(({ value }) => value.name === name);
    if (!there) continue;
    const payload = readSchema(there.value.payload, 'input', `payload of ${name}`);
    return { name, file: domainFile(domain.name), payload, declare: () => there.identifier };
  }
  checkWords('Event', name);
  const code = (payload: PlainSchema) => (identifier: string) =>
    `export const ${identifier} = event({ name: '${name}', version: '1.0.0', payload: ${zodSource(payload, '')} });`;
  return {
    name,
    file: domainFile(edit.domain.name),
    declare: (payload) => edit.declare('event', name, code(payload), taken),
  };
}
