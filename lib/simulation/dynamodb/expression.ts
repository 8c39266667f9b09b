import { AtomTestError } from '../mistakes.ts';
import type { Path } from './item.ts';
import { plain } from './item.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

/** What of a request says what its expressions mean. */
export interface Placed {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Parameters<typeof plain>[0] | undefined;
}

/** The values of a request, by their aliases: `:total`. */
export type Values = Readonly<Record<string, unknown>>;

/** An expression that was read: what it means with these names, and the aliases in it. */
interface Reading {
  readonly meaning: unknown;
  readonly names: ReadonlyMap<string, string>;
  readonly values: ReadonlySet<string>;
}

/** The same few expressions come again and again, with other values. */
const readings = new Map<string, Reading[]>();

/** The `#names` and `:values` of a request. DynamoDB refuses a missing one, and one that no expression uses. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #used = new Set<string>();
  readonly values: Values;

  constructor({ ExpressionAttributeNames = {}, ExpressionAttributeValues }: Placed) {
    this.#names = ExpressionAttributeNames;
    this.values = ExpressionAttributeValues ? plain(ExpressionAttributeValues) : {};
  }

  /**
   * What an expression of the request means.
   * @param kind the request's field that holds it, and whatever else `read` goes by
   */
  read<Meaning>(kind: string, text: string, read: (expression: Expression) => Meaning): Meaning {
    const key = `${kind} ${text}`;
    const before = readings.get(key) ?? [];
    let reading = before.find(({ names }) => [...names].every(([alias, name]) => this.#names[alias] === name));
    if (!reading) {
      const expression = new Expression(`${kind.split(' ')[0]} "${text}"`, text, this.#names);
      reading = { meaning: read(expression), names: expression.names, values: expression.values };
      readings.set(key, [...before, reading]);
    }
    for (const alias of reading.names.keys()) this.#used.add(alias);
    for (const alias of reading.values) {
      if (this.values[alias] === undefined) {
        throw refused(`${kind.split(' ')[0]} "${text}"`, `${alias} is not in ExpressionAttributeValues.`);
      }
      this.#used.add(alias);
    }
    return reading.meaning as Meaning;
  }

  /** @param where names the expressions that were read */
  checkUsed(where: string): void {
    const unused = [...Object.keys(this.#names), ...Object.keys(this.values)].find((alias) => !this.#used.has(alias));
    if (unused) throw refused(where, `${unused} is given and used nowhere; leave it out.`);
  }
}

const TOKEN = /\s*(<>|<=|>=|[=<>()+,.[\]-]|[#:]?[A-Za-z0-9_]+)/y;

/** One expression, read from left to right. */
export class Expression {
  readonly where: string;
  /** The aliases that it uses, with the names that they stand for. */
  readonly names = new Map<string, string>();
  /** The aliases of the values that it uses. */
  readonly values = new Set<string>();
  readonly #given: Readonly<Record<string, string>>;
  readonly #tokens: readonly string[];
  #next = 0;

  /** @param where names it, for errors */
  constructor(where: string, text: string, names: Readonly<Record<string, string>>) {
    this.where = where;
    this.#given = names;
    this.#tokens = this.#split(text);
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

  /** The alias of a value. */
  value(): string {
    if (!this.isValue()) throw this.refuse(`a value such as :total is expected before "${this.#rest()}".`);
    const alias = this.#tokens[this.#next++] ?? '';
    this.values.add(alias);
    return alias;
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
    if (token.startsWith('#')) return this.#named(token);
    if (!RESERVED_WORDS.has(token.toUpperCase())) return token;
    throw this.refuse(
      `"${token}" is a reserved word. Write #${token}, and ExpressionAttributeNames: { '#${token}': '${token}' }.`,
    );
  }

  #named(alias: string): string {
    const name = this.#given[alias];
    if (name === undefined) throw this.refuse(`${alias} is not in ExpressionAttributeNames.`);
    this.names.set(alias, name);
    return name;
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
