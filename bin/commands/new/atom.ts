import { Command, Option } from 'commander';
import { type AtomRequest, EFFECTS, type EffectName, planAtom } from '../../../lib/scaffold/index.ts';
import { askAtom } from './ask.ts';
import { isInteractive, projectAt, type WriteOptions, withName, writeScaffold } from './write.ts';

interface AtomOptions extends WriteOptions {
  readonly domain?: string;
  readonly effect?: EffectName;
  readonly table?: string;
  readonly dependency?: string;
  readonly undoes?: string;
  readonly summary?: string;
}

const EXAMPLES = `
Examples:
  npm run breakwater -- new atom quote-fee                                       works something out, changes nothing
  npm run breakwater -- new atom reserve-seat --effect transaction --table seats takes from a table, exactly once
  npm run breakwater -- new atom release-seat --undoes reserve-seat              takes that back
  npm run breakwater -- new atom print-label --effect keyed --dependency labels  asks a provider under a key
  npm run breakwater -- new atom book-parcel --effect lookup                     asks what it did before it does it again
  npm run breakwater -- new atom mail-receipt --effect unguarded                 sends a mail
  npm run breakwater -- new atom plan-route --domain shipping --dry-run          says what it would write

On a terminal, what is not said is asked. Nothing is ever overwritten.`;

/** `breakwater new atom [name]`: contract, handler and test in lambdas/<domain>/<name>. */
export const newAtomCommand = (root: string): Command =>
  new Command('atom')
    .description('Writes an atom: its contract, its handler, its test, and what its domain has to know of it.')
    .argument('[name]', 'what it does, in lower-case words with hyphens: award-points')
    .option('--domain <name>', 'the folder in lambdas; the only one there is when left out')
    .addOption(
      new Option('--effect <effect>', 'what it changes; pure (nothing) when nothing says otherwise').choices(EFFECTS),
    )
    .option('--table <name>', 'the table that a transaction writes, of the domain or a new one')
    .option('--dependency <name>', 'the provider that it asks, of the domain or a new one')
    .option('--undoes <atom>', 'the atom whose effect it takes back')
    .option('--summary <text>', 'what it does, in one sentence')
    .option('--dry-run', 'say what would be written, and write nothing')
    .option('--json', 'print the result for scripts, and ask nothing')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: AtomOptions) => newAtom(root, name, options));

async function newAtom(root: string, name: string | undefined, options: AtomOptions): Promise<void> {
  const { dryRun, json, ...said } = options;
  const project = await projectAt(root);
  const given = { ...said, ...(name === undefined ? {} : { name }) };
  const request: AtomRequest = isInteractive(options) ? await askAtom(project, given) : withName('atom', given);
  await writeScaffold(project, planAtom(project, request), options);
}
