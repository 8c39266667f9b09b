import { type AnyContract, contractId, environmentNames } from '../contract/index.ts';
import type { Write } from '../runtime/index.ts';
import {
  AtomTestError,
  type Command,
  commandName,
  type Inside,
  type Item,
  plain,
  runInside,
  type TableDefinition,
  Tables,
  withReplacedProcess,
} from '../simulation/index.ts';

/** A request that a handler makes of its contract's dependency. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST';
  /** `/charges` */
  readonly path: string;
  /** What was sent, read from its JSON; undefined for a GET. */
  readonly body: unknown;
  /** The step's idempotency key; undefined for a GET. */
  readonly key: string | undefined;
}

export interface ProviderReply {
  readonly status: number;
  /** Sent as JSON; an empty object when left out. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an atom meets outside itself in a test. */
export interface Surroundings {
  /** What the tables of the contract's `uses` hold at first, by their names, in plain values. Nothing when left out. */
  readonly tables?: Readonly<Record<string, readonly Item[]>>;
  /** Plays the contract's dependency. What it throws is a connection that was lost: the request may have arrived. */
  readonly provider?: (request: ProviderRequest) => ProviderReply | Promise<ProviderReply>;
  /**
   * Answers of AWS to other calls than those of the tables, by command: `SendEmail`. What it throws, the client throws.
   * A command that is not named here is refused; none ever leaves this process.
   */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the fields that they know of
  readonly aws?: Readonly<Record<string, (input: any) => unknown>>;
  /** Environment variables of the function, beside those that the contract asks for. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a state machine hears of its token. */
export type Heard = { readonly output: unknown } | { readonly error: string; readonly cause: unknown };

/** Should a call go past what is played, as that of another copy of the SDK would, it reaches nobody's account. */
const NOWHERE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
};

const RECORDS = 'records';
const QUEUE = 'queue';
const DEAD_LETTERS = 'dead-letters';

/** Everything that the runtime and a handler can reach in a test, and what they did there. */
export class Outside implements Inside {
  readonly tables: Tables;
  readonly variables: Readonly<Record<string, string>>;
  readonly requests: ProviderRequest[] = [];
  /** The writes that were committed beside records, in plain values. */
  readonly writes: Write[] = [];
  /** The lines of JSON that the runtime and `context.log` wrote. */
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  /** The first thing that the test did not provide for, or the deployed atom could not do. */
  mistake: AtomTestError | undefined;
  readonly #contract: AnyContract;
  readonly #surroundings: Surroundings;
  readonly #heard = new Map<unknown, Heard>();

  constructor(contract: AnyContract, surroundings: Surroundings) {
    this.#contract = contract;
    this.#surroundings = surroundings;
    this.tables = new Tables(contract.name, [recordsTable, ...tablesOf(contract)]);
    for (const [name, items] of Object.entries(surroundings.tables ?? {})) {
      for (const item of items) this.tables.seed(name, item);
    }
    this.variables = { ...NOWHERE, ...variablesOf(contract), ...surroundings.environment };
  }

  /** Puts itself in the place of AWS, the network and the environment for as long as an atom runs, and for that alone. */
  around<T>(act: () => Promise<T>): Promise<T> {
    return withReplacedProcess(() => runInside(this, act));
  }

  /** What was answered to a token. */
  heard(token: string): Heard | undefined {
    return this.#heard.get(token);
  }

  /** A record of the runtime, by its key. */
  record(execution: string, step: string): Item | undefined {
    return this.tables.items(RECORDS).find((item) => item.execution === execution && item.step === step);
  }

  /** The last attempt of a step is long over: what it may have sent has come to its effect, or never will. */
  letTimePass(execution: string, step: string): void {
    const record = this.record(execution, step);
    if (record?.attemptEnds !== undefined) this.tables.seed(RECORDS, { ...record, attemptEnds: 0, lease: 0 });
  }

  /** Takes the place of an AWS client's `send`. */
  async send(command: Command): Promise<unknown> {
    const input = command.input as Record<string, unknown>;
    const name = commandName(command);
    const answer = this.#surroundings.aws?.[name];
    if (answer) return (await answer(input)) ?? {};
    if (name === 'SendTaskSuccess') return this.#hear(input, { output: JSON.parse(String(input.output)) });
    if (name === 'SendTaskFailure') {
      return this.#hear(input, { error: String(input.error), cause: JSON.parse(String(input.cause)) });
    }
    if (input.QueueUrl === QUEUE || input.QueueUrl === DEAD_LETTERS) return {};
    if ('TableName' in input || 'TransactItems' in input) return this.#perform(name, input);
    return this.#refuse(
      `${contractId(this.#contract)} sends ${name} to AWS, and the test says nothing of it. Pass aws: { ${name}: (input) => ({ … }) }.`,
    );
  }

  /** Takes the place of `fetch`. */
  async fetch(url: string, { method = 'GET', body, headers }: RequestInit = {}): Promise<Response> {
    const base = providerUrl(this.#contract);
    if (!base || !url.startsWith(`${base}/`)) {
      return this.#refuse(
        `${contractId(this.#contract)} fetches ${url}, and a test reaches nothing but the contract's dependency, through context.provider.`,
      );
    }
    const { provider } = this.#surroundings;
    const path = url.slice(base.length);
    if (!provider) {
      return this.#refuse(
        `${contractId(this.#contract)} asks ${this.#contract.dependency?.name}: ${method} ${path}, and nobody plays it. Pass provider: ({ method, path, body, key }) => ({ status: 201, body: { … } }).`,
      );
    }
    const request: ProviderRequest = {
      method: method === 'POST' ? 'POST' : 'GET',
      path,
      body: body === undefined || body === null ? undefined : JSON.parse(String(body)),
      key: new Headers(headers).get('idempotency-key') ?? undefined,
    };
    this.requests.push(request);
    const reply = await provider(request);
    return new Response(JSON.stringify(reply.body ?? {}), { status: reply.status, headers: reply.headers ?? {} });
  }

  /**
   * Lines of JSON are kept for the test. Those that the runtime writes for each delivery go no further, which a test's
   * output is better without; a handler's own lines pass.
   */
  log(...line: unknown[]): boolean {
    const [text] = line;
    const isLine = line.length === 1 && /^\{"level":/.test(String(text));
    if (isLine) this.lines.push(JSON.parse(String(text)));
    return !(isLine && /"happening":/.test(String(text)));
  }

  #hear({ taskToken }: Record<string, unknown>, heard: Heard): object {
    this.#heard.set(taskToken, heard);
    return {};
  }

  #perform(name: string, input: Record<string, unknown>): unknown {
    try {
      const answer = this.tables.perform(name, input);
      if (Array.isArray(input.TransactItems)) this.writes.push(...input.TransactItems.flatMap(domainWrite));
      return answer;
    } catch (error) {
      if (error instanceof AtomTestError) this.mistake ??= error;
      throw error;
    }
  }

  #refuse(message: string): never {
    const mistake = new AtomTestError(message);
    this.mistake ??= mistake;
    throw mistake;
  }
}

const recordsTable: TableDefinition = {
  name: RECORDS,
  partitionKey: 'execution',
  sortKey: 'step',
  actions: ['GetItem', 'PutItem', 'UpdateItem'],
};

function tablesOf({ uses }: AnyContract): readonly TableDefinition[] {
  const tables = new Map<string, TableDefinition>();
  for (const use of uses) {
    if (use.kind !== 'table') continue;
    const { name, partitionKey, sortKey } = use.table;
    const before = tables.get(name)?.actions ?? [];
    tables.set(name, { name, partitionKey, sortKey, actions: [...new Set([...before, ...use.actions])] });
  }
  return [...tables.values()];
}

/** What the stack would set. Tables have their own names here. */
function variablesOf({ uses, dependency }: AnyContract): Record<string, string> {
  const variables: Record<string, string> = {
    RECORDS_TABLE: RECORDS,
    QUEUE_URL: QUEUE,
    DEAD_LETTER_QUEUE_URL: DEAD_LETTERS,
    BREAKWATER_TIME_SCALE: '1',
  };
  for (const use of uses) {
    if (use.kind === 'table') variables[environmentNames.table(use.table.name)] = use.table.name;
    if (use.kind === 'mail') variables[environmentNames.mailFrom] = 'orders@example.com';
  }
  if (dependency) {
    variables[environmentNames.dependencyUrl(dependency.name)] = `https://${dependency.name}.test`;
    variables[environmentNames.dependencyKey(dependency.name)] = 'key';
  }
  return variables;
}

const providerUrl = ({ dependency }: AnyContract): string | undefined =>
  dependency && `https://${dependency.name}.test`;

/** A transaction's item as its handler wrote it, unless it is the step's record. */
function domainWrite(item: Record<string, Record<string, unknown>>): readonly Write[] {
  const [[action, fields] = ['', {}]] = Object.entries(item);
  if (fields.TableName === RECORDS) return [];
  const values = Object.entries(fields).map(([field, value]) => [
    field,
    MARSHALLED.has(field) ? plain(value as Parameters<typeof plain>[0]) : value,
  ]);
  return [{ [action]: Object.fromEntries(values) }];
}

const MARSHALLED = new Set(['Item', 'Key', 'ExpressionAttributeValues']);
