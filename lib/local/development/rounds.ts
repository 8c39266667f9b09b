import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleEntry } from '../../constructs/index.ts';
import { runInGroup } from '../processes/index.ts';
import type { Bundles, Bundling, Code } from './bundles.ts';
import { compareDefinitions, type DefinitionChange } from './definitions.ts';

import { Refused } from './errors.ts';
import type { Tell } from './events.ts';
import { type LaidOutWorkflow, type Layout, readLayout } from './layout.ts';
import type { LiveCode } from './live-code.ts';
import { Sources } from './sources.ts';
import { touchesStructure } from './touched.ts';
import { checkTypes, describeMistakes } from './types.ts';

/** How the project is read. Its parts are in rooms that know CDK, and are handed in. */
export interface ProjectTools extends Bundling {
  /** A script that answers with a Layout. */
  readonly layoutScript: string;
  /** A script that writes all that is generated. */
  readonly generateScript: string;
  /** The CDK app. */
  readonly app: string;
  inputsOf(options: {
    readonly entries: readonly BundleEntry[];
    readonly root: string;
  }): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}

/** What was deployed last, and what it was made of. */
export interface Deployed {
  readonly layout: Layout;
  readonly sources: Sources;
}

export interface RoundsOptions {
  readonly root: string;
  readonly tools: ProjectTools;
  readonly bundles: Bundles;
  readonly live: LiveCode;
  readonly deployed: Deployed;
  /** Deploys the app with the bundles as they lie there. */
  readonly deploy: () => Promise<void>;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** What went live in a round. */
interface WentLive {
  readonly structure: boolean;
  readonly atoms: readonly string[];
  readonly definitions: readonly DefinitionChange[];
}

/**
 * Brings what was saved live, a round at a time. What is live is always one state of the project that was checked as a
 * whole: a file whose round was refused is part of the next one.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #pending = new Set<string>();
  #deployed: Deployed;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#deployed = options.deployed;
  }

  /** As they are live. */
  get workflows(): readonly LaidOutWorkflow[] {
    return this.#deployed.layout.workflows;
  }

  /**
   * Never throws for what was saved: that is told, and what was live stays.
   * @param savedAt in `performance.now()`
   * @returns the workflows in which something new is live; undefined if nothing is
   */
  async run(files: readonly string[], savedAt: number): Promise<readonly LaidOutWorkflow[] | undefined> {
    const { tell, signal } = this.#options;
    const milliseconds = (): number => Math.round(performance.now() - savedAt);
    for (const file of files) this.#pending.add(file);
    try {
      const went = await this.#goLive([...this.#pending]);
      this.#pending.clear();
      if (!went) {
        tell({ event: 'unchanged', milliseconds: milliseconds() });
        return undefined;
      }
      const { structure, atoms, definitions } = went;
      const workflows = [...new Set(definitions.map(({ workflow }) => workflow))];
      if (structure)
        tell({ event: 'live', kind: 'structure', workflows, atoms, definitions, milliseconds: milliseconds() });
      else tell({ event: 'live', kind: 'code', atoms, milliseconds: milliseconds() });
      return this.workflows.filter(
        ({ name, functions }) => workflows.includes(name) || functions.some((each) => atoms.includes(each)),
      );
    } catch (error) {
      signal.throwIfAborted();
      tell({ event: 'refused', reason: reasonOf(error), milliseconds: milliseconds() });
      return undefined;
    }
  }

  async #goLive(files: readonly string[]): Promise<WentLive | undefined> {
    const { root, tools, bundles, signal } = this.#options;
    const exists = (file: string): boolean => existsSync(join(root, file));
    const structure = touchesStructure(files, this.#deployed.sources, exists);
    const layout = structure ? await readLayout(tools.layoutScript, signal) : this.#deployed.layout;
    const sources = await readSources(root, tools, layout);
    const touched = new Set(sources.functionsWith(files));
    const wanted = layout.functions.filter(({ name }) => touched.has(name) || !bundles.codes.has(name));
    await both(this.#check(sources.around(files)), bundles.build(wanted.map(({ entry }) => entry)));
    return structure ? this.#deploy({ layout, sources }) : this.#replace(sources);
  }

  async #check(files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const { root, signal } = this.#options;
    const mistakes = await checkTypes({ root, files, signal });
    if (mistakes.length > 0) throw new Refused(describeMistakes(mistakes));
  }

  /** Definitions are committed, so that a change of them shows. */
  async #generate(): Promise<void> {
    const { root, tools, signal } = this.#options;
    const lines: string[] = [];
    const { succeeded } = await runInGroup({
      command: process.execPath,
      arguments: [tools.generateScript],
      directory: root,
      onLine: (line) => lines.push(line),
      signal,
    });
    if (!succeeded) throw new Refused(lines.join('\n'));
  }

  async #replace(sources: Sources): Promise<WentLive | undefined> {
    const { bundles, live } = this.#options;
    const { layout } = this.#deployed;
    const atoms = live.changed(bundles.codes);
    if (atoms.length === 0) return undefined;
    await live.replace(
      layout.functions.filter(({ name }) => atoms.includes(name)),
      bundles.codes,
    );
    this.#deployed = { layout, sources };
    return { structure: false, atoms, definitions: [] };
  }

  async #deploy(next: Deployed): Promise<WentLive> {
    const { bundles, live, deploy, signal } = this.#options;
    const before = this.#deployed.layout;
    bundles.keepOnly(new Set(next.layout.functions.map(({ name }) => name)));
    const codes: ReadonlyMap<string, Code> = new Map(bundles.codes);
    const atoms = live.changed(codes);
    try {
      await both(this.#generate(), deploy());
    } catch (error) {
      signal.throwIfAborted();
      await live.restore(before.functions, codes);
      throw error;
    }
    await live.deployed(next.layout.functions, codes);
    this.#deployed = next;
    return { structure: true, atoms, definitions: compareDefinitions(before.definitions, next.layout.definitions) };
  }
}

/** Which files everything in a layout is made of. */
export async function readSources(root: string, tools: ProjectTools, layout: Layout): Promise<Sources> {
  const functions = layout.functions.map(({ entry }) => entry);
  const declarations = [tools.app, ...layout.declarations].map((file) => ({ name: `declared in ${file}`, file }));
  const inputs = await tools.inputsOf({ entries: [...functions, ...declarations], root });
  const of = (entries: readonly BundleEntry[]) =>
    new Map(entries.map(({ name }) => [name, inputs.get(name) ?? new Set<string>()]));
  return new Sources(of(functions), of(declarations));
}

function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Waits for both even if one fails; of two failures the first one's is the one to tell. */
async function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.allSettled([first, second]);
  await first;
  await second;
}
