import type { Change } from './change.ts';
import { ScaffoldError } from './errors.ts';
import { camel, firstFree, UNUSABLE } from './names.ts';
import { type Domain, domainFile } from './project.ts';

/** What is added to a domain's domain.ts, or put into a new one. */
export class DomainEdit {
  readonly domain: Domain;
  readonly #imports = new Set<string>();
  readonly #parts: string[] = [];
  readonly #said: string[] = [];
  #needsZod = false;

  constructor(domain: Domain) {
    this.domain = domain;
  }

  /**
   * Declares something new.
   * @param name what it is called; the code calls it so too, or with its kind behind it where that is taken
   * @param code gives its declaration, by that identifier
   * @param alsoTaken names that the files which import it have for something else
   * @returns the identifier
   */
  declare(
    kind: 'table' | 'dependency' | 'event',
    name: string,
    code: (identifier: string) => string,
    alsoTaken: readonly string[],
  ): string {
    const wish = camel(name);
    const suffix = kind.charAt(0).toUpperCase() + kind.slice(1);
    const isTaken = (word: string) => UNUSABLE.has(word) || alsoTaken.includes(word) || this.#names().has(word);
    const identifier = firstFree([wish, `${wish}${suffix}`], isTaken);
    this.#imports.add(kind);
    this.#parts.push(code(identifier));
    this.#said.push(`the ${kind} ${identifier}`);
    if (/\bz\./.test(this.#parts.at(-1) ?? '')) this.#needsZod = true;
    return identifier;
  }

  /** For people: `the table seats`. Empty when nothing is added. */
  get says(): string {
    return this.#said.join(' and ');
  }

  /** None when nothing is added. */
  changes(): readonly Change[] {
    if (this.#parts.length === 0) return [];
    const { name, text } = this.domain;
    const path = domainFile(name);
    const zod = "import * as z from 'zod';\n";
    const needed = [...this.#imports].sort().join(', ');
    const contracts = `import { ${needed} } from '../../lib/contract/index.ts';\n`;
    if (text === undefined) {
      return [{ path, content: [this.#needsZod ? zod : '', contracts, '\n', this.#parts.join('\n\n'), '\n'].join('') }];
    }
    const imported = this.#withImports(text);
    const head = this.#needsZod && !/^import \* as z from 'zod'/m.test(text) ? zod : '';
    return [{ path, content: `${head}${imported.trimEnd()}\n\n${this.#parts.join('\n\n')}\n`, before: text }];
  }

  #withImports(text: string): string {
    const line = /^import \{([^}]*)\} from '\.\.\/\.\.\/lib\/contract\/index\.ts';$/m;
    const [whole, names = ''] = line.exec(text) ?? [];
    const all = new Set(
      [...names.split(',').map((name) => name.trim()), ...this.#imports].filter((name) => name !== ''),
    );
    const written = `import { ${[...all].sort().join(', ')} } from '../../lib/contract/index.ts';`;
    return whole ? text.replace(whole, written) : `${written}\n${text}`;
  }

  /** Everything that has a name at the top of domain.ts, exported or not, and what is being added. */
  #names(): ReadonlySet<string> {
    const text = [this.domain.text ?? '', ...this.#parts].join('\n');
    const declared = [
      ...text.matchAll(/^(?:export )?(?:async )?(?:const|let|function|class|type|interface|enum) (\w+)/gm),
    ];
    return new Set(declared.map(([, name]) => name ?? ''));
  }
}

/** @throws ScaffoldError if another domain has something of that kind and name, which is one for the whole account */
export function refuseForeign(
  kind: string,
  name: string,
  own: Domain,
  all: Iterable<Domain>,
  namesOf: (domain: Domain) => readonly string[],
): void {
  for (const domain of all) {
    if (domain.name === own.name || !namesOf(domain).includes(name)) continue;
    throw new ScaffoldError(
      `The ${kind} "${name}" belongs to the domain ${domain.name}: its name is one for the whole account. Choose another name, or --domain ${domain.name}.`,
    );
  }
}
