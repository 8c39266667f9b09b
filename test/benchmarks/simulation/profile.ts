import { type Profiler, Session } from 'node:inspector/promises';

/** A part of the code, with its share of the time. */
export interface Area {
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
  /** Functions in it that take the most, the first the most. */
  readonly most: readonly string[];
}

/** By what an address contains; the first that fits. What comes from V8 itself counts to its caller. */
const AREAS: readonly (readonly [name: string, address: RegExp])[] = [
  ['the atoms’ runtime and handlers', /\/lib\/(runtime|contract|operations)\/|\/lambdas\//],
  ['Powertools', /\/@aws-lambda-powertools\//],
  ['schemas', /\/zod\//],
  ['simulated Step Functions, JSONata included', /\/lib\/simulation\/step-functions\/|\/jsonata\//],
  ['simulated DynamoDB', /\/lib\/simulation\/dynamodb\//],
  ['simulated providers', /\/lib\/sandbox\/|\/lib\/simulation\/providers\//],
  ['invariants', /\/lib\/simulation\/invariants\//],
  ['the rest of the simulation', /\/lib\/simulation\//],
];

const COLLECTOR = 'garbage collection';
const OTHER = 'Node and V8';

/** Samples what runs meanwhile, and says in which parts of the code the time went, the largest share first. */
export async function profiled(root: string, act: () => Promise<unknown>): Promise<readonly Area[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    await act();
    const { profile } = await session.post('Profiler.stop');
    return areasOf(root, profile);
  } finally {
    session.disconnect();
  }
}

function areasOf(root: string, { nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly Area[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const times = new Map<string, Map<string, number>>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const { area, place } = placeOf(root, id, byId, callers);
    const time = timeDeltas[index] ?? 0;
    const places = times.get(area) ?? new Map<string, number>();
    times.set(area, places.set(place, (places.get(place) ?? 0) + time));
    total += time;
  }
  return [...times]
    .map(([name, places]) => {
      const sorted = [...places].toSorted(([, a], [, b]) => b - a);
      const share = sorted.reduce((sum, [, time]) => sum + time, 0) / total;
      return { name, share, most: sorted.slice(0, 4).map(([place]) => place) };
    })
    .toSorted((a, b) => b.share - a.share);
}

type ById = ReadonlyMap<number, Profiler.ProfileNode>;

function placeOf(
  root: string,
  sampled: number,
  byId: ById,
  callers: ReadonlyMap<number, number>,
): { readonly area: string; readonly place: string } {
  const own = byId.get(sampled)?.callFrame.functionName ?? '';
  if (own === '(garbage collector)') return { area: COLLECTOR, place: '' };
  for (let id: number | undefined = sampled; id !== undefined; id = callers.get(id)) {
    const { functionName = '', url = '' } = byId.get(id)?.callFrame ?? {};
    const area = AREAS.find(([, address]) => address.test(url));
    if (!area) continue;
    const file = url.slice(url.lastIndexOf('/') + 1);
    return { area: area[0], place: `\`${functionName || 'anonymous'}\` (${url.includes(root) ? file : url})` };
  }
  return { area: OTHER, place: `\`${own || 'anonymous'}\`` };
}
