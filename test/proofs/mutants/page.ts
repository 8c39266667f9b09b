import type { Judged } from './judged.ts';
import type { Mutant } from './run.ts';

/** The page's body: what was changed, and what nobody noticed, by file and line. */
export function pageOf(mutants: readonly Mutant[], { unnoticed, stale }: Judged): string {
  const open = unnoticed.filter(({ reason }) => reason === undefined);
  const reasons = [...new Set(unnoticed.flatMap(({ reason }) => reason ?? []))];
  return [
    HOW,
    byFile(mutants),
    section('Survivors without a reason', open.map(lineOf)),
    ...(reasons.length > 0 ? ['### Survivors that are accepted'] : []),
    ...reasons.map(
      (reason) =>
        `${reason}\n\n${unnoticed
          .filter((mutant) => mutant.reason === reason)
          .map(lineOf)
          .join('\n')}`,
    ),
    ...(stale.length > 0
      ? [
          section(
            'Accepted, but noticed by now or gone: take it out of test/proofs/mutants/accepted.json',
            stale.map((each) => `- ${code(each)}`),
          ),
        ]
      : []),
  ].join('\n\n');
}

const section = (title: string, lines: readonly string[]): string =>
  `### ${title}\n\n${lines.length > 0 ? lines.join('\n') : 'None.'}`;

function byFile(mutants: readonly Mutant[]): string {
  const rows = [...Map.groupBy(mutants, ({ file }) => file)].map(([file, own]) => {
    const count = (...statuses: readonly string[]): number =>
      own.filter(({ status }) => statuses.includes(status)).length;
    return `| ${file} | ${count('Killed', 'Timeout')} | ${count('Survived')} | ${count('NoCoverage')} |`;
  });
  return section('By file', ['| | noticed | survived | not covered |', '|---|---|---|---|', ...rows]);
}

function lineOf({ file, line, original, replacement, status }: Mutant): string {
  const uncovered = status === 'NoCoverage' ? ' (no test comes by)' : '';
  return `- ${file}:${line} ${code(original)} → ${code(replacement)}${uncovered}`;
}

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const HOW = `A mutant is one small change to a file of \`lib/runtime\`, made by Stryker: a condition turned round, a block emptied, a
text replaced, an operator exchanged. The unit tests of \`lib/runtime\` and \`lib/testing\` that come by the place are run
against each; a mutant that fails none of them shows something that no test holds. All of Stryker's kinds of change are
made, to log lines and the texts of errors too: what an error says is part of what the runtime does. The tests against
the emulator, the simulation and its planted bugs hold the runtime as well, and are not counted here.`;
