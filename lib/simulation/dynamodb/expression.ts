import { AtomTestError } from '../mistakes.ts';
import type { Path } from './item.ts';
import { plain } from './item.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

/** What of a request says what its expressions mean. */
export interface Placed {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Parameters<typeof plain>[0] | undefined;
}

/** The `#names` and `:values` of a request. DynamoDB refuses a missing one, and one that no expression uses. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #used = new Set<string>();

  constructor({ ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Placed) {
    this.#names = ExpressionAttributeNames;
    this.#values = plain(ExpressionAttributeValues);
  }

  name(alias: string, where: string): string {
    const name = this.#names[alias];
    if (name === undefined) throw refused(where, `${alias} is not in ExpressionAttributeNames.`);
    this.#used.add(alias);
    return name;
  }

  value(alias: string, where: string): unknown {
    const value = this.#values[alias];
    if (value === undefined) throw refused(where, `${alias} is not in ExpressionAttributeValues.`);
    this.#used.add(alias);
    return value;
  }

  /** @param where names the expressions that were read */
  checkUsed(where: string): void {
    const unused = [...Object.keys(this.#names), ...Object.keys(this.#values)].find((alias) => !this.#used.has(alias));
    if (unused) throw refused(where, `${unused} is given and used nowhere; leave it out.`);
  }
}

/** The same few expressions are read again and again. */
const SPLIT = new Map<string, readonly string[]>();

const TOKEN = /\s*(<>|<=|>=|[=<>()+,.[\]-]|[#:]?[A-Za-z0-9_]+)/y;

/** One expression, read from left to right. */
export class Expression {
  readonly where: string;
  readonly placeholders: Placeholders;
  readonly #tokens: readonly string[];
  #next = 0;

  /** @param kind the request's field that holds it, for errors */
  constructor(kind: string, text: string, placeholders: Placeholders) {
    this.where = `${kind} "${text}"`;
    this.placeholders = placeholders;
    this.#tokens = SPLIT.get(text) ?? this.#split(text);
  }

  #split(text: string): readonly string[] {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (!token) throw this.refuse(`"${text.slice(at).trim().slice(0, 20)}" cannot be read.`);
      tokens.push(token);
    }
    SPLIT.set(text, tokens);
    return tokens;
  }

  /** The next words or signs, in capitals. */
  sees(...words: readonly string[]): boolean {
    return words.includes(this.#tokens[this.#next]?.toUpperCase() ?? '');
  }

  /** Goes past a word or a sign, if it is the next one. */
  accepts(word: string): boolean {
    if (!this.sees(word)) return false;
    this.#next += 1;
    return true;
  }

  expects(word: string): void {
    if (!this.accepts(word)) throw this.refuse(`${word} is expected before "${this.#rest()}".`);
  }

  /** A comparison's sign. */
  comparator(): string | undefined {
    return this.sees('=', '<>', '<', '<=', '>', '>=') ? this.#tokens[this.#next++] : undefined;
  }

  /** The name of a function, if one begins here. */
  functionName(): string | undefined {
    if (this.#tokens[this.#next + 1] !== '(' || !/^[a-z_]+$/i.test(this.#tokens[this.#next] ?? '')) return undefined;
    const name = this.#tokens[this.#next];
    this.#next += 2;
    return name;
  }

  isValue(): boolean {
    return this.#tokens[this.#next]?.startsWith(':') ?? false;
  }

  value(): unknown {
    if (!this.isValue()) throw this.refuse(`a value such as :total is expected before "${this.#rest()}".`);
    return this.placeholders.value(this.#tokens[this.#next++] ?? '', this.where);
  }

  /** `address.lines[0]`, `#state` */
  path(): Path {
    const path: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.accepts('.')) path.push(this.#name());
      else if (this.accepts('[')) {
        path.push(Number(this.#tokens[this.#next++]));
        this.expects(']');
      } else return path;
    }
  }

  #name(): string {
    const token = this.#tokens[this.#next];
    if (!token || !/^#?[A-Za-z0-9_]+$/.test(token)) {
      throw this.refuse(`an attribute's name is expected before "${this.#rest()}".`);
    }
    this.#next += 1;
    if (token.startsWith('#')) return this.placeholders.name(token, this.where);
    if (!RESERVED_WORDS.has(token.toUpperCase())) return token;
    throw this.refuse(
      `"${token}" is a reserved word. Write #${token}, and ExpressionAttributeNames: { '#${token}': '${token}' }.`,
    );
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  ends(): void {
    if (!this.atEnd()) throw this.refuse(`nothing is expected any more before "${this.#rest()}".`);
  }

  refuse(reason: string): AtomTestError {
    return refused(this.where, reason);
  }

  #rest(): string {
    return this.#tokens.slice(this.#next, this.#next + 4).join(' ') || 'the end';
  }
}

export const refused = (where: string, reason: string): AtomTestError =>
  new AtomTestError(`DynamoDB would refuse the ${where}: ${reason}`);
