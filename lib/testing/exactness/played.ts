import { type AnyContract, isFindable, jsonSchemaOf, plainSchemaOf, sampleOf, undoPath } from '../../contract/index.ts';
import type { PlayedProvider, PlayedReply, PlayedRequest } from '../../simulation/index.ts';
import { type AtomUse, nodesOf, type Workflow } from '../../workflow/index.ts';
import type { ProviderReply, Surroundings } from '../outside.ts';

/** How an atom's provider is played in a simulation. */
export interface Playing extends Pick<Surroundings, 'provider'> {
  readonly find?: ((path: string, done: ProviderReply | undefined) => ProviderReply) | undefined;
}

/** The contract's dependency, played by a test's function, with the memory that the contract says it has. */
export function played(
  contract: AnyContract,
  playing: Playing,
  otherwise: (request: PlayedRequest) => PlayedReply,
): PlayedProvider {
  const { dependency, effect } = contract;
  const { provider, find = found } = playing;
  const reply = (request: PlayedRequest) => (provider ? provider(plainly(request)) : otherwise(request));
  return {
    name: dependency?.name ?? '',
    effects: effect.kind === 'pure' ? 'never' : effect.kind === 'keyed' ? 'once-a-key' : 'each',
    reply,
    find: (request, done) =>
      isFindable(effect) && NAMES_A_KEY.test(request.path) ? find(request.path, done) : reply(request),
  };
}

/** Where a step's key stands in a question, it is about what was done under it. */
const NAMES_A_KEY = /[a-z2-7]{52}/;

const found = (_: string, done: ProviderReply | undefined): ProviderReply =>
  done ? { ...done, status: 200 } : { status: 404, body: { reason: 'There is nothing under this key.' } };

/** As `runAtom`'s provider is asked. */
const plainly = ({ method, path, body, key }: PlayedRequest) => ({ method, path, body, key });

/** What an atom needs that hands its provider's answer on: what was sent, and the least that its output asks for. */
export function answerOf(
  contract: AnyContract,
  { body, key = 'ref-1' }: Pick<PlayedRequest, 'body' | 'key'>,
): PlayedReply {
  return { status: 201, body: { ...leastOutput(contract, key), ...(body as object), reference: key } };
}

function leastOutput(contract: AnyContract, text: string): object {
  try {
    return sampleOf(plainSchemaOf(jsonSchemaOf(contract).output), '', {
      textOf: ({ minLength = 0, maxLength }) => text.slice(0, maxLength).padEnd(minLength, '1'),
      elements: 0,
    }) as object;
  } catch {
    // What JSON Schema cannot say, nobody can guess.
    return {};
  }
}

/** Of a workflow's providers those that nobody describes: each answers what the atom needs that asks. */
export function undescribedProviders(
  { plan, contracts }: Workflow,
  described: readonly { readonly name: string }[],
): readonly PlayedProvider[] {
  const known = new Set<string>(described.map(({ name }) => name));
  const all = [...contracts.values()];
  const byUse = ({ name, version }: AtomUse): AnyContract | undefined =>
    all.find((each) => each.name === name && each.version === version);
  const byStep = new Map<string, AnyContract | undefined>();
  for (const node of nodesOf(plan.body)) {
    if (node.kind !== 'step' && node.kind !== 'send') continue;
    byStep.set(node.name, byUse(node.atom));
    if (node.kind === 'step' && node.undo) byStep.set(undoPath(node.name), byUse(node.undo));
  }
  const answers = (request: PlayedRequest): PlayedReply => {
    const contract = byStep.get(request.step?.slice(request.step.indexOf('/') + 1) ?? '');
    return contract ? answerOf(contract, request) : { status: 404 };
  };
  const names = new Set(all.flatMap(({ dependency }) => (dependency ? [dependency.name] : [])));
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => {
      const using = all.filter(({ dependency }) => dependency?.name === name);
      // One that does not deduplicate for one of its atoms does so for none.
      const strictest = using.find(({ effect }) => effect.kind === 'lookup' || effect.kind === 'none') ?? using[0];
      const { effects, ...rest } = played(strictest as AnyContract, {}, answers);
      return { ...rest, effects: effects === 'never' && using.length > 1 ? 'once-a-key' : effects };
    });
}
