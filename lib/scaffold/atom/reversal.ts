import { type AtomTexts, type AtomWords, source, type TableInDomain, type UndoneStep } from './texts.ts';

/** The compensation of any step, as a book-keeper does it: an entry that takes back what the step answered. */
export const reversalAtom = (
  { name, identifier, summary }: AtomWords,
  undone: UndoneStep,
  table: TableInDomain,
): AtomTexts => {
  const [partition = '', sort] = table.keys;
  const key = `${partition}: key${sort ? `, ${sort}: 'reversal'` : ''}`;
  return {
    contract: `
import * as z from 'zod';
import { compensation, transaction } from '../../../lib/contract/index.ts';
import { ${table.identifier} } from '../domain.ts';
import { ${undone.identifier} } from '${undone.importPath}';

export const ${identifier} = compensation(${undone.identifier}, {
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? `Books an entry that takes back what ${undone.name} did.`)},
  output: z.object({ ${partition}: z.string() }),
  effect: transaction,
  uses: [${table.identifier}.allow('PutItem')],
});
`,
    handler: `
import { serve } from '../../../lib/runtime/index.ts';
import { ${table.identifier} } from '../domain.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, ({ output }, { key, table }) => ({
  output: { ${partition}: key },
  writes: [{ Put: { TableName: table(${table.identifier}), Item: { ${key}, reversed: output } } }],
}));
`,
    test: `
import { expect, test } from '@jest/globals';
import { runAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const done = ${source(undone.sample)};

test('what the step did is taken back by an entry under the undo’s own key', async () => {
  const { output, tables, key } = await runAtom(handler, done);
  expect(output).toEqual({ ${partition}: key });
  expect(tables).toEqual({ '${table.name}': [{ ${key}, reversed: done.output }] });
});
`,
  };
};
