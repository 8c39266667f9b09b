/** The Biome plugin for handlers, as an app of somebody's own turns it on, and as this repository does. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '..', '..');
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

const TIME = 'context.now()';
const CHANCE = 'context.random() and context.id()';
const WAITING = 'A handler does not wait';
const NETWORK = 'context.provider';

const REFUSED: readonly (readonly [string, string])[] = [
  ['const at = Date.now();', TIME],
  ['const at = new Date();', TIME],
  ['const at = new Date;', TIME],
  ['const at = Date();', TIME],
  ['const clock = { now: Date.now };', TIME],
  ['const at = performance.now();', TIME],
  ['const at = process.hrtime.bigint();', TIME],
  ['const at = Temporal.Now.instant();', TIME],
  ['const n = Math.random();', CHANCE],
  ['const { random } = Math;', CHANCE],
  ['const id = crypto.randomUUID();', CHANCE],
  ["import { randomUUID } from 'node:crypto'; const id = randomUUID();", CHANCE],
  ["import { randomUUID as uuid } from 'node:crypto'; const id = uuid();", CHANCE],
  ["import { randomBytes } from 'crypto'; const bytes = randomBytes(16);", CHANCE],
  ["import { v4 } from 'uuid';", CHANCE],
  ["import { nanoid } from 'nanoid';", CHANCE],
  ['setTimeout(() => undefined, 5);', WAITING],
  ['await new Promise((resolve) => setTimeout(resolve, 5));', WAITING],
  ['setInterval(() => undefined, 5);', WAITING],
  ["import { setTimeout as sleep } from 'node:timers/promises';", WAITING],
  ["const answer = await fetch('https://example.com');", NETWORK],
  ["const answer = await fetch('https://example.com', { method: 'POST' });", NETWORK],
  ["const answer = await globalThis.fetch('https://example.com');", NETWORK],
  ["import https from 'node:https';", NETWORK],
  ["import { request } from 'http';", NETWORK],
  ["export { request } from 'node:http2';", NETWORK],
  ["const http = await import('node:http');", NETWORK],
  ["const http = require('http');", NETWORK],
  ["import axios from 'axios';", NETWORK],
  ["import { fetch as undici } from 'undici';", NETWORK],
  ["import got from 'got';", NETWORK],
];

const ALLOWED = [
  'const at = context.now();',
  'const later = new Date(context.now().getTime() + 1_000);',
  "const parsed = new Date('2026-01-01'); const ms = Date.parse('2026-01-01');",
  'const n = context.random(); const id = context.id();',
  'const most = Math.max(1, 2);',
  "import { createHash } from 'node:crypto';",
  "const answer = await context.fetch('https://example.com');",
  "export const handle = async ({ fetch }: Context) => fetch('https://example.com');",
  "export const handle = async (input: Input, { fetch, log }: Context) => fetch('https://example.com');",
  "const answer = await provider.post('/charges', {});",
  "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';",
  'const region = process.env.AWS_REGION;',
];

interface Diagnostic {
  readonly message: string;
  readonly location: { readonly path: string };
}

let app = '';
let diagnostics: readonly Diagnostic[] = [];
const of = (path: string): readonly string[] =>
  diagnostics.filter(({ location }) => location.path.replaceAll('\\', '/') === path).map(({ message }) => message);

function lint(cwd: string, args: readonly string[]): Promise<readonly Diagnostic[]> {
  return new Promise((resolve) => {
    const all = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', ...args];
    execFile(process.execPath, all, { cwd, maxBuffer: 1e8 }, (_, stdout) => resolve(JSON.parse(stdout).diagnostics));
  });
}

/** An app that has the package: the plugin lies where the package holds it. */
beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'breakwater-lint-'));
  const write = async (path: string, text: string) => {
    await mkdir(join(app, path, '..'), { recursive: true });
    await writeFile(join(app, path), `${text}\n`);
  };
  await cp(join(root, 'lib', 'lint'), join(app, 'node_modules', 'breakwater', 'dist', 'lint'), { recursive: true });
  const plugins = ['./node_modules/breakwater/dist/lint/handlers.grit'];
  await write(
    'biome.json',
    JSON.stringify({
      linter: { rules: { preset: 'none' } },
      overrides: [{ includes: ['src/**/handler.ts'], plugins }],
    }),
  );
  await Promise.all([
    ...REFUSED.map(([code], index) => write(`src/refused-${index}/handler.ts`, code)),
    ...ALLOWED.map((code, index) => write(`src/allowed-${index}/handler.ts`, code)),
    write('src/other.ts', REFUSED.map(([code]) => code).join('\n')),
  ]);
  diagnostics = await lint(app, ['.']);
});
afterAll(() => rm(app, { recursive: true, force: true }));

describe('a handler is refused, and told what to use instead', () => {
  test.each(REFUSED.map(([code, instead], index) => [code, instead, index] as const))('%s', (_, instead, index) => {
    expect(of(`src/refused-${index}/handler.ts`)).toEqual([expect.stringContaining(instead)]);
  });
});

describe('a handler may', () => {
  test.each(ALLOWED.map((code, index) => [code, index] as const))('%s', (_, index) => {
    expect(of(`src/allowed-${index}/handler.ts`)).toEqual([]);
  });
});

test('what is no handler is left alone', () => {
  expect(of('src/other.ts')).toEqual([]);
});

test('this repository holds all of its handlers to it, those that will be scaffolded too', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'breakwater-lint-'));
  try {
    for (const path of ['biome.json', '.gitignore', 'lib/lint']) {
      await cp(join(root, path), join(copy, path), { recursive: true });
    }
    const folder = join(copy, 'lambdas', 'returns', 'take-back');
    await mkdir(folder, { recursive: true });
    for (const name of ['handler.ts', 'other.ts'])
      await writeFile(join(folder, name), 'export const at = Date.now();\n');
    const found = await lint(copy, ['lambdas']);
    expect(found.map(({ location, message }) => [location.path.replaceAll('\\', '/'), message])).toEqual([
      ['lambdas/returns/take-back/handler.ts', expect.stringContaining(TIME)],
    ]);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});
