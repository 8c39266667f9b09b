import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding, Proof } from '../../test/proofs/finding.ts';
import { type Asked, Misused, readArguments, readOptions } from './arguments.ts';
import { type Kind, load, namesIn } from './catalogue.ts';
import { commitOf, machine } from './circumstances.ts';
import {
  type Circumstances,
  EMPTY_BENCHMARKS,
  figuresOf,
  OWN_OPTIONS,
  pageOf,
  sectionOf,
  usageOf,
  withSection,
} from './page.ts';
import { progressOn } from './progress.ts';

const root = join(import.meta.dirname, '..', '..');

/** Runs `prove` or `bench`. @returns the exit code: 0 passed, 1 failed, 2 for a mistake of the caller's */
export async function findingCommand(kind: Kind): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  try {
    if (asked.name === undefined || asked.help) return await help(kind, asked);
    return (await run(kind, asked.name, asked)).passed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Misused)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(kind: Kind, name: string, asked: Asked): Promise<Finding> {
  const proof = await named(kind, name);
  const options = readOptions(proof.options ?? {}, asked);
  const commit = commitOf(root);
  const begun = performance.now();
  const progress = progressOn(process.stderr);
  const found = await proof.run(options, progress.tell).finally(progress.clear);
  const where: Circumstances = {
    name,
    summary: proof.summary,
    command: [`npm run ${kind.command} -- ${name}`, ...asked.rest].join(' '),
    commit,
    node: process.version,
    machine: machine(),
    seconds: (performance.now() - begun) / 1_000,
    options,
  };
  console.log(figuresOf(found, where));
  const file = asked.short ? undefined : await write(kind, found, where);
  if (file) console.log(`wrote ${file}`);
  if (!found.passed) console.log(`\n${found.text.trim()}`);
  if (asked.json) {
    const { passed, figures } = found;
    console.log(JSON.stringify({ name, passed, seconds: where.seconds, commit, options, figures, file }));
  }
  return found;
}

/** @returns the file, from the project's root */
async function write({ command }: Kind, found: Finding, where: Circumstances): Promise<string> {
  const file = command === 'prove' ? `docs/proofs/${where.name}.md` : 'docs/benchmarks.md';
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  const old = command === 'prove' ? '' : await readFile(path, 'utf8').catch(() => EMPTY_BENCHMARKS);
  const text = command === 'prove' ? pageOf(found, where) : withSection(old, where.name, sectionOf(found, where));
  await writeFile(path, text);
  return file;
}

async function help(kind: Kind, { name }: Asked): Promise<number> {
  if (name !== undefined) {
    console.log(usageOf(kind.command, name, await named(kind, name)));
    return 0;
  }
  console.log(`npm run ${kind.command} -- <${kind.noun}> [options]\n`);
  for (const each of await namesIn(join(root, kind.folder))) {
    console.log(`  ${each.padEnd(16)} ${(await named(kind, each)).summary}`);
  }
  console.log(`\n${OWN_OPTIONS.join('\n')}\n  --help           with a name, its own options`);
  return 0;
}

/** @throws Misused */
async function named(kind: Kind, name: string): Promise<Proof> {
  const names = await namesIn(join(root, kind.folder));
  if (names.includes(name)) return load(join(root, kind.folder), name, kind.export);
  throw new Misused(`There is no ${kind.noun} "${name}". There are: ${names.join(', ') || 'none yet'}.`);
}
