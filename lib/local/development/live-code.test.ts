import { describe, expect, test } from '@jest/globals';
import type { Code } from './bundles.ts';
import { Refused } from './errors.ts';
import type { LaidOutFunction } from './layout.ts';
import { LiveCode, type ReplaceableFunctions } from './live-code.ts';

const code = (text: string): Code => ({ files: { 'index.mjs': Buffer.from(text) }, digest: text });
const codes = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([name, text]) => [name, code(text)]));
const functions = (...names: readonly string[]): readonly LaidOutFunction[] =>
  names.map((name) => ({
    name,
    functionName: `${name}-v1`,
    takesBatches: true,
    entry: { name, file: `${name}/handler.ts` },
  }));

/** Functions of an account, as far as code goes: what lies in each, its versions, and where the alias points. */
class Account implements ReplaceableFunctions {
  readonly loaded = new Map<string, string>();
  readonly live = new Map<string, string>();
  readonly #versions: string[] = [];

  constructor(deployed: Readonly<Record<string, string>>) {
    this.deploy(deployed);
  }

  /** What a deployment does with functions that differ from the deployment before, and with no others. */
  deploy(changed: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(changed)) {
      this.loaded.set(`${name}-v1`, text);
      this.live.set(`${name}-v1`, text);
    }
  }

  async load({ functionName: name }: LaidOutFunction, { digest }: Code): Promise<void> {
    this.loaded.set(name, digest);
  }

  async publish({ functionName: name }: LaidOutFunction): Promise<string> {
    const text = this.loaded.get(name) ?? '';
    if (text.startsWith('broken')) throw new Refused(`${name} does not start`);
    return String(this.#versions.push(text));
  }

  async pointTo({ functionName: name }: LaidOutFunction, version: string): Promise<void> {
    this.live.set(name, this.#versions[Number(version) - 1] ?? '');
  }

  /** What is live, which must be what lies there: the next deployment may publish that. */
  get state(): Readonly<Record<string, string>> {
    expect(this.loaded).toEqual(this.live);
    return Object.fromEntries(this.live);
  }
}

function opened(deployed: Readonly<Record<string, string>>) {
  const account = new Account(deployed);
  return { account, live: new LiveCode(account, codes(deployed)) };
}

describe('replacing', () => {
  test('sends everybody to the new code, and leaves the rest alone', async () => {
    const { account, live } = opened({ a: 'a1', b: 'b1' });
    expect(live.changed(codes({ a: 'a2', b: 'b1' }))).toEqual(['a']);
    await live.replace(functions('a'), codes({ a: 'a2', b: 'b1' }));
    expect(account.state).toEqual({ 'a-v1': 'a2', 'b-v1': 'b1' });
    expect(live.changed(codes({ a: 'a2', b: 'b1' }))).toEqual([]);
  });

  test('does nothing at all when one of several can’t be started', async () => {
    const { account, live } = opened({ a: 'a1', b: 'b1', c: 'c1' });
    const next = codes({ a: 'a2', b: 'broken', c: 'c2' });
    await expect(live.replace(functions('a', 'b', 'c'), next)).rejects.toThrow('b-v1 does not start');
    expect(account.state).toEqual({ 'a-v1': 'a1', 'b-v1': 'b1', 'c-v1': 'c1' });
    expect(live.changed(next)).toEqual(['a', 'b', 'c']);
  });
});

describe('after a deployment', () => {
  test('what it deployed is live', async () => {
    const { account, live } = opened({ a: 'a1', b: 'b1' });
    account.deploy({ a: 'a2' });
    await live.deployed(functions('a', 'b'), codes({ a: 'a2', b: 'b1' }));
    expect(live.changed(codes({ a: 'a2', b: 'b1' }))).toEqual([]);
    expect(account.state).toEqual({ 'a-v1': 'a2', 'b-v1': 'b1' });
  });

  test('code that was replaced and is now as it was deployed before is brought back: no deployment sees a difference', async () => {
    const { account, live } = opened({ a: 'a1' });
    await live.replace(functions('a'), codes({ a: 'a2' }));
    account.deploy({});
    await live.deployed(functions('a'), codes({ a: 'a1' }));
    expect(account.state).toEqual({ 'a-v1': 'a1' });
  });

  test('an atom that is gone is forgotten, a new one is known', async () => {
    const { account, live } = opened({ a: 'a1' });
    account.deploy({ b: 'b1' });
    await live.deployed(functions('b'), codes({ b: 'b1' }));
    expect(live.changed(codes({ a: 'a1', b: 'b1' }))).toEqual(['a']);
  });
});

describe('after a deployment that failed', () => {
  test('what was live before it is live again, whatever it had deployed or rolled back', async () => {
    const { account, live } = opened({ a: 'a1', b: 'b1', c: 'c1' });
    await live.replace(functions('a'), codes({ a: 'a2' }));
    account.deploy({ a: 'a1', b: 'b2' }); // a was rolled back to the deployment before, b's stack went through
    await live.restore(functions('a', 'b', 'c'), codes({ a: 'a3', b: 'b2', c: 'c1' }));
    expect(account.state).toEqual({ 'a-v1': 'a2', 'b-v1': 'b1', 'c-v1': 'c1' });
  });

  test('the next one that succeeds replaces all that differs, for nobody knows what it saw as different', async () => {
    const { account, live } = opened({ a: 'a1', b: 'b1' });
    account.deploy({ b: 'b2' });
    await live.restore(functions('a', 'b'), codes({ a: 'a1', b: 'b2' }));
    account.deploy({});
    await live.deployed(functions('a', 'b'), codes({ a: 'a1', b: 'b2' }));
    expect(account.state).toEqual({ 'a-v1': 'a1', 'b-v1': 'b2' });
  });
});
