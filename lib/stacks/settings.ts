import type { Node } from 'constructs';
import type { DependencyEndpoint } from '../constructs/index.ts';
import { checkTimeScale, defaults } from '../contract/index.ts';

/** What can be set without touching code: `cdk deploy --context name=value`, or cdk.json. */
export interface Settings {
  /** Shortens every time together, for tests. 1 when left out. */
  readonly timeScale: number;
  /** Batches of one queue that run at a time, 2 to 1,000. Lower it in an account with few Lambdas to run at once. */
  readonly maxConcurrency: number;
  /** The address that mail comes from. */
  readonly mailFrom: string;
  /** Whether the outside providers are played. They are, unless it is false. */
  readonly sandbox: boolean;
  /** Real providers by dependency name, in the place of the sandbox's. */
  readonly dependencies: Readonly<Record<string, DependencyEndpoint>>;
  /** What is deployed to. */
  readonly target: Target;
}

export type Target = 'aws' | 'emulator' | 'localstack';

/** The context holds something that can't be meant. The message says what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings from the app's context. Values from the command line are texts, those from cdk.json JSON.
 * @throws SettingsError naming the key, what was received, and what is allowed
 */
export function readSettings(node: Node): Settings {
  const value = (key: string): unknown => node.tryGetContext(key) ?? undefined;
  return {
    timeScale: timeScale(value('timeScale') ?? 1),
    maxConcurrency: concurrency(value('maxConcurrency') ?? defaults.maxConcurrency),
    mailFrom: address(value('mailFrom') ?? 'orders@example.com'),
    sandbox: oneOf('sandbox', value('sandbox') ?? true, [true, false]),
    dependencies: dependencies(value('dependencies') ?? {}),
    target: oneOf('target', value('target') ?? 'aws', ['aws', 'emulator', 'localstack']),
  };
}

function timeScale(value: unknown): number {
  try {
    return checkTimeScale(Number(value));
  } catch {
    throw refused('timeScale', value, 'a number above 0 and at most 1; 1 is real time');
  }
}

function concurrency(value: unknown): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 2 && count <= 1_000) return count;
  throw refused('maxConcurrency', value, 'a whole number from 2 to 1000, as AWS allows');
}

function address(value: unknown): string {
  if (typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value)) return value;
  throw refused('mailFrom', value, 'a mail address');
}

function dependencies(value: unknown): Readonly<Record<string, DependencyEndpoint>> {
  const parsed: unknown = typeof value === 'string' ? parseJson(value) : value;
  const endpoints = parsed !== null && typeof parsed === 'object' ? Object.entries(parsed) : undefined;
  const whole = endpoints?.every(
    ([, endpoint]) => typeof endpoint?.url === 'string' && typeof endpoint?.key === 'string',
  );
  if (endpoints && whole) return Object.fromEntries(endpoints);
  throw refused('dependencies', value, '{ "<dependency>": { "url": "https://…", "key": "…" } }');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function oneOf<T extends string | boolean>(key: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value || String(each) === value);
  if (found !== undefined) return found;
  throw refused(key, value, allowed.join(', '));
}

const refused = (key: string, received: unknown, allowed: string): SettingsError =>
  new SettingsError(`The context value "${key}" is ${JSON.stringify(received)}; allowed is ${allowed}.`);
