import type { InDomain, TableInDomain } from './atom/texts.ts';
import { type DomainEdit, refuseForeign } from './domain-edit.ts';
import { ScaffoldError } from './errors.ts';
import { camel, checkWords, singular, UNUSABLE } from './names.ts';
import { domainFile, type KnownAtom, type Project } from './project.ts';
import { tableIn, takenFrom } from './taken-from.ts';

/** Tables of the house, which no domain can have. */
const OWN_TABLES = new Set(['records', 'sandbox-ledger', 'sandbox-faults']);

/** Tables and dependencies of a domain: those that are there, or new ones. */
export class Resources {
  readonly #project: Project;
  readonly #edit: DomainEdit;
  /** What the atom's files call something else. */
  readonly #taken: readonly string[];

  constructor(project: Project, edit: DomainEdit, taken: readonly string[]) {
    this.#project = project;
    this.#edit = edit;
    this.#taken = taken;
  }

  known(name: string): TableInDomain | undefined {
    const table = tableIn(this.#edit.domain, name);
    this.#refuseTaken(table);
    const odd = table?.keys.find((key) => !/^[A-Za-z_$][\w$]*$/.test(key) || UNUSABLE.has(key));
    if (odd === undefined) return table;
    throw new ScaffoldError(
      `The table "${name}" has the key "${odd}", which no variable can be called. Choose another table.`,
    );
  }

  takenFrom(atom: KnownAtom): TableInDomain | undefined {
    const { domain } = this.#edit;
    return atom.domain === domain.name ? takenFrom(this.#project, domain, atom) : undefined;
  }

  table(name: string, comment: string): TableInDomain {
    const there = this.known(name);
    if (there) return there;
    checkWords('Table', name);
    if (OWN_TABLES.has(name))
      throw new ScaffoldError(`The table "${name}" is the platform's own. Choose another name.`);
    refuseForeign('table', name, this.#edit.domain, this.#project.domains.values(), ({ tables }) =>
      tables.map(({ value }) => value.name),
    );
    const key = `${camel(singular(name))}Id`;
    const code = (identifier: string) =>
      `/** ${comment} */\nexport const ${identifier} = table('${name}', { partitionKey: '${key}' });`;
    return { name, identifier: this.#edit.declare('table', name, code, this.#taken), keys: [key] };
  }

  dependency(name: string): InDomain {
    const there = this.#edit.domain.dependencies.find(({ value }) => value.name === name);
    if (there) {
      this.#refuseTaken(there);
      return { name, identifier: there.identifier };
    }
    checkWords('Dependency', name);
    const code = (identifier: string) => `export const ${identifier} = dependency('${name}');`;
    return { name, identifier: this.#edit.declare('dependency', name, code, this.#taken) };
  }

  #refuseTaken(there: { readonly identifier: string } | undefined): void {
    if (!there || !this.#taken.includes(there.identifier)) return;
    throw new ScaffoldError(
      `${domainFile(this.#edit.domain.name)} calls something ${there.identifier}, as the atom would be called. Choose another name for the atom.`,
    );
  }
}
