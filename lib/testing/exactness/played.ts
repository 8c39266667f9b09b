import { type AnyContract, isFindable, jsonSchemaOf } from '../../contract/index.ts';
import type { PlayedProvider, PlayedReply, PlayedRequest } from '../../simulation/index.ts';
import type { ProviderReply, Surroundings } from '../outside.ts';
import { ASKS_THE_SAME } from './invariants.ts';
import type { Notes } from './watched.ts';

/** How an atom's provider is played in a simulation. */
export interface Playing extends Pick<Surroundings, 'provider'> {
  readonly find?: ((path: string, done: ProviderReply | undefined) => ProviderReply) | undefined;
}

/** The contract's dependency, played by a test's function, with the memory that the contract says it has. */
export function played(contract: AnyContract, playing: Playing, otherwise: PlayedReply, notes: Notes): PlayedProvider {
  const { dependency, effect } = contract;
  const { provider = () => otherwise, find = found } = playing;
  return {
    name: dependency?.name ?? '',
    effects: effect.kind === 'pure' ? 'never' : effect.kind === 'keyed' ? 'once-a-key' : 'each',
    reply: (request) => provider(plainly(request)),
    find: (request, done) =>
      isFindable(effect) && NAMES_A_KEY.test(request.path) ? find(request.path, done) : provider(plainly(request)),
    onChanged: (_, before, now) =>
      notes.violate(
        ASKS_THE_SAME,
        `First it asked for ${before}, and in another attempt under the same key for ${now}.`,
      ),
  };
}

/** Where a step's key stands in a question, it is about what was done under it. */
const NAMES_A_KEY = /[a-z2-7]{52}/;

const found = (_: string, done: ProviderReply | undefined): ProviderReply =>
  done ? { ...done, status: 200 } : { status: 404, body: { reason: 'There is nothing under this key.' } };

/** As `runAtom`'s provider is asked. */
const plainly = ({ method, path, body, key }: PlayedRequest) => ({ method, path, body, key });

/** What an atom needs that hands its provider's answer on: a value of the least that its output's schema asks for. */
export function leastOutput(contract: AnyContract): unknown {
  try {
    return leastOf(jsonSchemaOf(contract).output as JsonSchema);
  } catch {
    return {};
  }
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
}

function leastOf(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return leastOf(schema.anyOf[0] ?? {});
  switch (schema.type) {
    case 'string':
      return 'ref-1'.padEnd(schema.minLength ?? 0, '1');
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => leastOf(schema.items ?? {}));
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, leastOf(schema.properties?.[name] ?? {})]),
      );
    default:
      return null;
  }
}
