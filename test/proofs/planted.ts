import { join } from 'node:path';
import type { Finding, Proof } from './finding.ts';
import { BUGS } from './planted/bugs.ts';
import { type Found, find } from './planted/find.ts';
import { plant } from './planted/plant.ts';
import { WORKFLOW } from './simulated/prove.ts';

const root = join(import.meta.dirname, '../..');

export const proof: Proof = {
  summary: 'The check can fail: bugs are planted in the runtime and the compiler, and each is found.',
  run: async (_, progress): Promise<Finding> => {
    const rows: { readonly name: string; readonly found: Found | undefined }[] = [];
    for (const [index, bug] of BUGS.entries()) {
      progress(`${index + 1} of ${BUGS.length}: ${bug.name}`);
      rows.push({ name: bug.name, found: await find(await plant(root, WORKFLOW, bug)) });
    }
    const missed = rows.filter(({ found }) => !found);
    return {
      passed: missed.length === 0,
      figures: {
        bugs: rows.length,
        found: rows.length - missed.length,
        'most schedules for one': Math.max(...rows.map(({ found }) => found?.schedules ?? 0)),
      },
      text: [HOW, '', '| bug | found by | schedules | because |', '|---|---|---:|---|', ...rows.map(rowOf)].join('\n'),
    };
  },
};

const HOW = `Each bug is an edit of the source (\`test/proofs/planted/bugs.ts\`), bundled with everything else as it is. Schedules are
counted from the first, one without faults, until something is wrong.`;

function rowOf({ name, found }: { readonly name: string; readonly found: Found | undefined }): string {
  if (!found) return `| ${name} | **not found** | | |`;
  const [violation] = found.finding.violations;
  return `| ${name} | ${found.by} | ${found.schedules} | ${violation?.invariant} |`;
}
